//! Records → networks: typed evidence between sites, and the clusters that it supports.
