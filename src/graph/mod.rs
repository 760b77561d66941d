//! Service graphs, and their layered layout on a grid of cells. No I/O.
