//! The query language: lexer, parser, tree, evaluation over blocks, completion. No I/O.
