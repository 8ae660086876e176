//! Which of the targets is which machine.

use std::collections::BTreeMap;

use super::check::{Ask, Machine, Way, same_host};
use crate::topology::Topology;

/// A target, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The target's name.
    pub target: String,
    /// The machine behind it: a name or an address as it is configured; none when that is not
    /// known.
    pub machine: Option<String>,
    /// True for the target that is watched: it reads the Central Management store.
    pub watched: bool,
}

/// The targets there are.
#[derive(Debug, Clone, Default)]
pub struct Places {
    places: Vec<Place>,
    /// Names of machines by their addresses.
    addresses: BTreeMap<String, String>,
}

/// A way that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which of the ask's ways.
    pub way: usize,
    /// On which target.
    pub target: String,
    /// The machine, as it is shown.
    pub machine: String,
}

impl Places {
    /// These targets; the topology tells whose an address is.
    pub fn new(places: Vec<Place>, topology: Option<&Topology>) -> Places {
        let machines = topology
            .into_iter()
            .flat_map(|t| &t.pools)
            .flat_map(|pool| &pool.machines);
        let addresses = machines
            .flat_map(|m| {
                m.interfaces
                    .iter()
                    .map(move |i| (i.address.clone(), m.fqdn.clone()))
            })
            .filter(|(address, _)| super::network::is_address(address))
            .collect();
        Places { places, addresses }
    }

    /// The ways of an ask that lead somewhere, the surest first; a machine with several targets
    /// has as many, the watched one first.
    pub fn of(&self, ask: &Ask) -> Vec<Taken> {
        let mut found = Vec::new();
        for (at, way) in ask.ways.iter().enumerate() {
            let mut places: Vec<&Place> =
                self.places.iter().filter(|p| self.fits(p, way)).collect();
            places.sort_by_key(|place| !place.watched);
            found.extend(places.into_iter().map(|place| Taken {
                way: at,
                target: place.target.clone(),
                machine: match &way.machine {
                    Machine::Named(fqdn) => fqdn.clone(),
                    Machine::Store => place.target.clone(),
                },
            }));
        }
        found
    }

    fn fits(&self, place: &Place, way: &Way) -> bool {
        let wanted = match &way.machine {
            Machine::Store => return place.watched,
            Machine::Named(fqdn) => fqdn,
        };
        let Some(machine) = &place.machine else {
            return false;
        };
        let machine = self.addresses.get(machine).unwrap_or(machine);
        same_host(machine, wanted)
    }

    /// Why an ask cannot be run from here.
    pub fn missing(&self, ask: &Ask) -> String {
        match ask.ways.first().map(|way| &way.machine) {
            Some(Machine::Named(_)) => "no target is this machine".to_owned(),
            _ => "no target reads the Central Management store".to_owned(),
        }
    }
}
