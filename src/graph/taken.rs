//! Numbers that seemed to be cited, and turn out to be an operator's own once its sites are known.

use std::collections::HashMap;

use super::facts::Facts;
use super::operator::Operators;
use super::verdict::Status;

/// Sites on which such a number leads the pages that show it.
const LEAST: u32 = 2;

/// What is known of a number that links nothing.
#[derive(Default)]
struct Led {
    /// Sites of operators of several on which it leads half of the pages that show it, and by
    /// operator.
    sites: u32,
    by_operator: HashMap<u32, u32>,
}

/// A number that few sites stand behind, because others take turns with it, is its operator's all
/// the same if it leads the pages that show it, under many brands, on sites of one operator: what
/// is cited stands beside another number. Those sites then stand behind it.
pub(super) fn settle(facts: &mut Facts, operators: &Operators) {
    let mut operator_of: Vec<Option<u32>> = vec![None; facts.sites.len()];
    for (operator, sites) in (0u32..).zip(operators).filter(|(_, s)| s.len() > 1) {
        for &site in sites {
            operator_of[site as usize] = Some(operator);
        }
    }
    let mut led: HashMap<u32, Led> = HashMap::new();
    for (site, operator) in facts.sites.iter().zip(&operator_of) {
        let Some(operator) = *operator else { continue };
        for held in site.numbers.iter().filter(|n| n.lead_pages > 0) {
            let number = &facts.numbers[held.number as usize];
            let doubted = match number.status {
                Status::Cited => true,
                Status::Background => number.owners() == 0,
                Status::Clean => number.own_sites == 0,
                _ => false,
            };
            if doubted && number.serves_many() && held.lead_pages * 2 >= held.pages {
                let led = led.entry(held.number).or_default();
                led.sites += 1;
                *led.by_operator.entry(operator).or_default() += 1;
            }
        }
    }
    let mut taken: HashMap<u32, u32> = HashMap::new();
    for (index, led) in led {
        let number = &facts.numbers[index as usize];
        let hot = number.own_sites + number.passing_sites;
        let most = led.by_operator.iter().max_by_key(|(o, n)| (**n, **o));
        if let Some((&operator, &n)) = most
            && n >= LEAST
            && n * 10 >= led.sites * 9
            && n * 3 >= hot
        {
            taken.insert(index, operator);
        }
    }
    for (site, operator) in facts.sites.iter_mut().zip(&operator_of) {
        for held in &mut site.numbers {
            let of = taken.get(&held.number);
            if of.is_some() && of == operator.as_ref() && held.lead_pages * 2 >= held.pages {
                let number = &mut facts.numbers[held.number as usize];
                number.status = Status::Clean;
                number.own_sites += u32::from(!held.own);
                held.own = true;
            }
        }
    }
}
