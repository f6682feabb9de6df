//! From a seed list to pages: frontier, politeness, robots, fetching, and the address guard.
