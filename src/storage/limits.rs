//! How much memory a store may take, and who gets which share of it.

/// The budget when nobody says otherwise: 512 MiB.
pub const DEFAULT_BUDGET: usize = 512 << 20;

/// Bytes a store may take, and shares of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// All blocks and indices together.
    pub budget: usize,
    /// A generation that has grown to this is closed and a new one begins.
    pub generation: usize,
    /// One trace keeps its first spans up to this.
    pub trace: usize,
    /// What is kept longer than its generation: errors, slow traces.
    pub kept: usize,
    /// The ids of evicted traces.
    pub forgotten: usize,
}

impl Limits {
    /// The shares of a budget of `bytes`: a sixteenth for a generation, a quarter for one
    /// trace and for what is pinned, an eighth for what is kept longer.
    pub fn of(budget: usize) -> Self {
        Self {
            budget,
            generation: budget / 16,
            trace: budget / 4,
            kept: budget / 8,
            forgotten: (budget / 64).min(8 << 20),
        }
    }

    /// The same for files, which are read because of what is in them: one trace may take
    /// three quarters of the budget.
    #[must_use]
    pub fn for_files(self) -> Self {
        Self {
            trace: self.budget / 4 * 3,
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(DEFAULT_BUDGET)
    }
}
