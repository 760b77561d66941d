//! Pure functions of traces: critical path, self time, what stands out. No I/O.
