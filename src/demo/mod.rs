//! A synthetic ride-hailing system that sends real spans over OTLP.
