use std::collections::VecDeque;

/// One shortest loop out of every strongly connected component of a directed graph.
///
/// `graph[v]` lists the nodes that `v` leads to; a node leading to itself is no loop. Components are
/// found by Tarjan's algorithm (1972), kept on an explicit stack; linear in nodes and edges.
pub(crate) fn loops(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    components(graph)
        .into_iter()
        .filter(|component| component.len() > 1)
        .filter_map(|component| {
            component.iter().filter_map(|&start| shortest(graph, &component, start)).min_by_key(Vec::len)
        })
        .collect()
}

/// The strongly connected components, each sorted.
fn components(graph: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let n = graph.len();
    let (mut order, mut low) = (vec![UNSEEN; n], vec![0; n]);
    let (mut waiting, mut is_waiting) = (Vec::new(), vec![false; n]);
    let (mut next, mut found) = (0, Vec::new());
    for start in 0..n {
        if order[start] != UNSEEN {
            continue;
        }
        let mut calls = vec![(start, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                waiting.push(node);
                is_waiting[node] = true;
            }
            if let Some(&to) = graph[node].get(edge) {
                calls.push((node, edge + 1));
                if order[to] == UNSEEN {
                    calls.push((to, 0));
                } else if is_waiting[to] {
                    low[node] = low[node].min(order[to]);
                }
                continue;
            }
            if low[node] == order[node] {
                let mut component = Vec::new();
                while let Some(member) = waiting.pop() {
                    is_waiting[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                component.sort_unstable();
                found.push(component);
            }
            if let Some(&(caller, _)) = calls.last() {
                low[caller] = low[caller].min(low[node]);
            }
        }
    }
    found
}

/// A shortest walk from `start` back to itself inside its component, without the repeated end.
fn shortest(graph: &[Vec<usize>], component: &[usize], start: usize) -> Option<Vec<usize>> {
    let mut before = vec![None; graph.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &to in &graph[node] {
            if to == start && node != start {
                let mut walk = vec![node];
                let mut at = node;
                while let Some(previous) = before[at] {
                    walk.push(previous);
                    at = previous;
                }
                walk.reverse();
                return Some(walk);
            }
            if to != start && before[to].is_none() && component.contains(&to) {
                before[to] = Some(node);
                queue.push_back(to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_no_loop() {
        assert!(loops(&[vec![1, 2], vec![2], vec![], vec![0, 3]]).is_empty());
    }

    #[test]
    fn the_shortest_loop_of_each_component_is_told() {
        // 0 -> 1 -> 2 -> 0 with the short cut 1 -> 0; 3 <-> 4; 5 hangs on.
        let graph = [vec![1], vec![2, 0], vec![0], vec![4], vec![3, 5], vec![]];
        let mut found = loops(&graph);
        found.sort();
        assert_eq!(found, [vec![0, 1], vec![3, 4]]);
    }

    /// The naive oracle: two nodes are in one component when each reaches the other.
    #[test]
    fn agrees_with_plain_reachability() {
        let mut seed = 7_u32;
        for _ in 0..200 {
            let n = 6;
            let mut graph = vec![Vec::new(); n];
            for _ in 0..8 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                graph[(seed >> 20) as usize % n].push((seed >> 10) as usize % n);
            }
            let mut reach = vec![vec![false; n]; n];
            for (from, row) in graph.iter().enumerate() {
                row.iter().for_each(|&to| reach[from][to] = true);
            }
            for _ in 0..n {
                let known = reach.clone();
                for (row, before) in reach.iter_mut().zip(&known) {
                    for (b, here) in row.iter_mut().enumerate() {
                        *here |= (0..n).any(|c| before[c] && known[c][b]);
                    }
                }
            }
            let parts = components(&graph);
            let together = |a, b| parts.iter().any(|part| part.contains(&a) && part.contains(&b));
            for (a, row) in reach.iter().enumerate() {
                for (b, &there) in row.iter().enumerate() {
                    assert_eq!(together(a, b), a == b || (there && reach[b][a]), "{graph:?}");
                }
            }
        }
    }
}
