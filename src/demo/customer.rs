//! The four customers of the ride-hailing system.

/// Somebody who orders rides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Customer {
    /// The number under which the database knows them.
    pub id: u32,
    /// The name.
    pub name: &'static str,
    /// Where they are.
    pub location: &'static str,
}

/// All of them.
pub const CUSTOMERS: [Customer; 4] = [
    Customer {
        id: 123,
        name: "Rachel's_Floral_Designs",
        location: "115,277",
    },
    Customer {
        id: 392,
        name: "Trom_Chocolatier",
        location: "577,322",
    },
    Customer {
        id: 567,
        name: "Amazing_Coffee_Roasters",
        location: "211,653",
    },
    Customer {
        id: 731,
        name: "Japanese_Desserts",
        location: "728,326",
    },
];

impl Customer {
    /// The customer of this number.
    pub fn of(id: u32) -> Option<Self> {
        CUSTOMERS.into_iter().find(|customer| customer.id == id)
    }
}
