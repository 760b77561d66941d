//! Parts that screens are made of. Each draws only what is visible, and knows no screen.

pub mod completing;
pub mod frame;
pub mod input;
pub mod list;
pub mod picker;
pub mod plot;
pub mod scatter;
pub mod waterfall;
pub mod which_key;
pub mod why;
