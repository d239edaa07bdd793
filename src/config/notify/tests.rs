//! The table `[notify]` as an operator writes it.
