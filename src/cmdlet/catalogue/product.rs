//! The products of the catalogue.

use std::fmt;

/// A product, as the reference tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Lync Server 2010.
    L2010,
    /// Lync Server 2013.
    L2013,
    /// Skype for Business Server 2015.
    S2015,
    /// Skype for Business Server 2019.
    S2019,
    /// Exchange Server 2010.
    E2010,
    /// Exchange Server 2013.
    E2013,
    /// Exchange Server 2016.
    E2016,
    /// Exchange Server 2019.
    E2019,
    /// Exchange Server Subscription Edition.
    ESE,
}

impl Product {
    /// All of them; the place is the bit in [`Products`] and the letter in the catalogue.
    pub const ALL: [Product; 9] = [
        Product::L2010,
        Product::L2013,
        Product::S2015,
        Product::S2019,
        Product::E2010,
        Product::E2013,
        Product::E2016,
        Product::E2019,
        Product::ESE,
    ];

    /// The code, as in `.COMPONENT` of a snippet.
    pub fn code(self) -> &'static str {
        match self {
            Product::L2010 => "L2010",
            Product::L2013 => "L2013",
            Product::S2015 => "S2015",
            Product::S2019 => "S2019",
            Product::E2010 => "E2010",
            Product::E2013 => "E2013",
            Product::E2016 => "E2016",
            Product::E2019 => "E2019",
            Product::ESE => "ESE",
        }
    }

    /// The name in full.
    pub fn title(self) -> &'static str {
        match self {
            Product::L2010 => "Lync Server 2010",
            Product::L2013 => "Lync Server 2013",
            Product::S2015 => "Skype for Business Server 2015",
            Product::S2019 => "Skype for Business Server 2019",
            Product::E2010 => "Exchange Server 2010",
            Product::E2013 => "Exchange Server 2013",
            Product::E2016 => "Exchange Server 2016",
            Product::E2019 => "Exchange Server 2019",
            Product::ESE => "Exchange Server Subscription Edition",
        }
    }

    /// The product of a code; case does not matter.
    pub fn of(code: &str) -> Option<Product> {
        Product::ALL
            .into_iter()
            .find(|p| p.code().eq_ignore_ascii_case(code))
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A set of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Products(u16);

impl Products {
    /// The products of the catalogue's letters; `None` for a letter that it does not use.
    pub(super) fn of_letters(letters: &str) -> Option<Products> {
        letters.bytes().try_fold(Products(0), |set, letter| {
            let bit = letter.checked_sub(b'A')?;
            (usize::from(bit) < Product::ALL.len()).then_some(Products(set.0 | 1 << bit))
        })
    }

    /// True when the product is among them.
    pub fn has(self, product: Product) -> bool {
        self.0 & (1 << product as u16) != 0
    }

    /// True when there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The products, oldest first.
    pub fn iter(self) -> impl Iterator<Item = Product> {
        Product::ALL.into_iter().filter(move |p| self.has(*p))
    }
}

impl fmt::Display for Products {
    /// `L2013 S2015 S2019`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.iter().map(Product::code).collect();
        f.write_str(&codes.join(" "))
    }
}
