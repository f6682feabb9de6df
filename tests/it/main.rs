//! Tests through the public door: the program itself, or the library as a program uses it.

mod bad_input;
mod crawl;
mod demo_web;
mod documents;
mod fuzz;
mod hostile;
mod house;
mod https;
mod killed;
mod near;
mod phones;
mod real_pages;
mod rewritten;
mod settings;
mod signals;
mod state;
mod support;
