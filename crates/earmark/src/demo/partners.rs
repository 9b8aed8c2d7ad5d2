//! Invented partners: names that belong to nobody, the same for the same number.

/// An invented organization of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invented {
    /// Its slug, which is the recipient's id.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The country whose law binds it.
    pub country: &'static str,
    /// Its tier.
    pub tier: u8,
}

/// The most partners the demo can invent.
pub(super) const MOST: u16 = (FIRST.len() * SECOND.len()) as u16;

const FIRST: [&str; 44] = [
    "Amber", "Aspen", "Atlas", "Beacon", "Birch", "Bramble", "Cedar", "Cobalt", "Copper", "Coral", "Delta",
    "Ember", "Falcon", "Fjord", "Garnet", "Granite", "Harbor", "Hazel", "Heron", "Indigo", "Iron", "Juniper",
    "Kestrel", "Lantern", "Larch", "Linden", "Maple", "Marble", "Meadow", "Nimbus", "North", "Ochre", "Onyx",
    "Orchard", "Otter", "Pebble", "Quarry", "Raven", "Sable", "Saffron", "Sierra", "Tundra", "Willow",
    "Zephyr",
];

const SECOND: [&str; 40] = [
    "Armor", "Bastion", "Bridge", "Castle", "Citadel", "Compass", "Cyber", "Defense", "Ferry", "Fort",
    "Foundry", "Gate", "Guard", "Hill", "Insight", "Keep", "Key", "Labs", "Lock", "Logic", "Moat",
    "Networks", "Outpost", "Patrol", "Point", "Quay", "Rampart", "Research", "Ridge", "Security", "Sentinel",
    "Shield", "Signal", "Systems", "Tower", "Vault", "Vigil", "Wall", "Watch", "Works",
];

const COUNTRIES: [&str; 12] = ["US", "DE", "JP", "FR", "GB", "CA", "IN", "KR", "NL", "BR", "PL", "AU"];

/// Invents `count` partners, at most [`MOST`]; the first ones are the same for every count.
pub(super) fn invent(count: u16) -> Vec<Invented> {
    (0..usize::from(count.min(MOST)))
        .map(|index| {
            // A stride that shares no factor with either list walks through all pairs once.
            let pair = index * 617 % (FIRST.len() * SECOND.len());
            let (first, second) = (FIRST[pair % FIRST.len()], SECOND[pair / FIRST.len()]);
            Invented {
                slug: format!("{}-{}", first.to_lowercase(), second.to_lowercase()),
                name: format!("{first} {second}"),
                country: COUNTRIES[index % COUNTRIES.len()],
                tier: u8::from(index % 4 != 0) + 1,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_partners_share_a_slug() {
        let all = invent(MOST);
        let slugs: BTreeSet<_> = all.iter().map(|partner| &partner.slug).collect();
        assert_eq!(slugs.len(), usize::from(MOST));
        assert_eq!(invent(79), all[..79]);
    }
}
