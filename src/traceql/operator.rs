//! Operators: how they are written, how tightly they bind, which types they take.

use super::types::Type;

/// Operators that order or match two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the symbols below say what they are")]
pub enum Compare {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Matches,
    NotMatches,
}

impl Compare {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessEqual,
        Self::Greater,
        Self::GreaterEqual,
        Self::Matches,
        Self::NotMatches,
    ];

    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Matches => "=~",
            Self::NotMatches => "!~",
        }
    }

    /// Whether it is `=~` or `!~`.
    pub fn is_regex(self) -> bool {
        matches!(self, Self::Matches | Self::NotMatches)
    }

    /// `=` for `!=` and `=~` for `!~`: the operator whose denial this one is.
    pub fn denies(self) -> Option<Self> {
        match self {
            Self::NotEqual => Some(Self::Equal),
            Self::NotMatches => Some(Self::Matches),
            _ => None,
        }
    }

    /// The operator that says the same with its sides exchanged.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            same => same,
        }
    }

    /// Whether values of this type can be compared so.
    pub fn takes(self, operand: Type) -> bool {
        let equality = matches!(self, Self::Equal | Self::NotEqual);
        match operand {
            Type::Any | Type::Text => true,
            Type::Int | Type::Float | Type::Duration => !self.is_regex(),
            Type::Nil | Type::Bool | Type::Status | Type::Kind => equality,
        }
    }
}

/// Operators that compute with numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the symbols below say what they are")]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

impl Arithmetic {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::Power => "^",
        }
    }
}

/// `&&` and `||`. They bind equally tight, to the left: `a || b && c` is `(a || b) && c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named as written")]
pub enum Logic {
    And,
    Or,
}

impl Logic {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::And => "&&",
            Self::Or => "||",
        }
    }
}

/// How the right-hand span of a structural operator stands to the left-hand one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `A > B`: B is a child of A.
    Child,
    /// `A < B`: B is the parent of A.
    Parent,
    /// `A >> B`: B is below A.
    Descendant,
    /// `A << B`: B is above A.
    Ancestor,
    /// `A ~ B`: B and A are different children of one parent.
    Sibling,
}

/// Which spans a structural operator keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keep {
    /// Right-hand spans that stand so to a left-hand span.
    Right,
    /// `!`: right-hand spans that stand so to no left-hand span.
    RightWithout,
    /// `&`: spans of both sides that take part.
    Both,
}

/// Operators between sets of spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetOp {
    /// Both sides found something: all of it. One side found something: that.
    Logic(Logic),
    /// Spans that stand so to each other in the tree.
    Structural(Keep, Relation),
}

impl SetOp {
    /// As written.
    pub fn symbol(self) -> &'static str {
        use Relation::{Ancestor, Child, Descendant, Parent, Sibling};
        match self {
            Self::Logic(logic) => logic.symbol(),
            Self::Structural(Keep::Right, Child) => ">",
            Self::Structural(Keep::Right, Parent) => "<",
            Self::Structural(Keep::Right, Descendant) => ">>",
            Self::Structural(Keep::Right, Ancestor) => "<<",
            Self::Structural(Keep::Right, Sibling) => "~",
            Self::Structural(Keep::RightWithout, Child) => "!>",
            Self::Structural(Keep::RightWithout, Parent) => "!<",
            Self::Structural(Keep::RightWithout, Descendant) => "!>>",
            Self::Structural(Keep::RightWithout, Ancestor) => "!<<",
            Self::Structural(Keep::RightWithout, Sibling) => "!~",
            Self::Structural(Keep::Both, Child) => "&>",
            Self::Structural(Keep::Both, Parent) => "&<",
            Self::Structural(Keep::Both, Descendant) => "&>>",
            Self::Structural(Keep::Both, Ancestor) => "&<<",
            Self::Structural(Keep::Both, Sibling) => "&~",
        }
    }

    /// How the two sides stand to each other, if the operator asks that.
    pub fn structural(self) -> Option<(Keep, Relation)> {
        match self {
            Self::Structural(keep, relation) => Some((keep, relation)),
            Self::Logic(_) => None,
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        use Relation::{Ancestor, Child, Descendant, Parent, Sibling};
        let relations = [Child, Parent, Descendant, Ancestor, Sibling];
        let keeps = [Keep::Right, Keep::RightWithout, Keep::Both];
        [Self::Logic(Logic::And), Self::Logic(Logic::Or)]
            .into_iter()
            .chain(keeps.into_iter().flat_map(move |keep| {
                relations
                    .into_iter()
                    .map(move |relation| Self::Structural(keep, relation))
            }))
    }
}

/// How tightly an operator binds, from loose to tight.
pub mod binding {
    /// `&&` and `||`.
    pub const LOGIC: u8 = 1;
    /// Comparisons, and structural operators between sets.
    pub const COMPARE: u8 = 2;
    /// `+` and `-`.
    pub const SUM: u8 = 3;
    /// `!`: tighter than `+`, so that `!.a = 2` is `(!.a) = 2`.
    pub const NOT: u8 = 4;
    /// `*`, `/` and `%`.
    pub const PRODUCT: u8 = 5;
    /// `^`, to the right.
    pub const POWER: u8 = 6;
    /// Unary minus.
    pub const NEGATE: u8 = 7;
    /// What needs no parentheses anywhere.
    pub const ATOM: u8 = 8;
}

impl Arithmetic {
    /// How tightly it binds.
    pub fn binding(self) -> u8 {
        match self {
            Self::Add | Self::Subtract => binding::SUM,
            Self::Multiply | Self::Divide | Self::Modulo => binding::PRODUCT,
            Self::Power => binding::POWER,
        }
    }
}

impl SetOp {
    /// How tightly it binds.
    pub fn binding(self) -> u8 {
        match self {
            Self::Logic(_) => binding::LOGIC,
            Self::Structural(..) => binding::COMPARE,
        }
    }
}
