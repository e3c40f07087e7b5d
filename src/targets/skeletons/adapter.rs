// A skeleton of an adapter for zone-device-conformance. MIT; standard library only; copy it and change it.
//
// It answers hello, executes the core on a table in memory, and answers every other command with "unsupported". Replace
// the body of `execute` by calls of your implementation, and declare each capability that you add.
//
//     rustc --edition 2021 -O adapter.rs
//     npx zone-device-conformance doctor --target "stdio:./adapter"

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

/// Add "fork" once fork works, and so on.
const HELLO: &str = r#"{"type":"hello","protocol":1,"name":"my-memory","profiles":["linux-6.12"],"capabilities":[]}"#;

struct Cell {
    value: i64,
    protection: String,
    on_device: bool,
}

/// The world of one case: process 0 is alive, no page is mapped, the device is empty.
struct World {
    pages: HashMap<(i64, i64), Cell>,
    free_frames: i64,
}

impl World {
    /// Executes one command; returns its result as JSON.
    fn execute(&mut self, command: &str) -> String {
        let number = |name: &str| number(command, name);
        let at = (number("process"), number("page"));
        match word(command, "op") {
            "spawn" | "inspect" => ok(),
            "exit" => {
                let own: Vec<_> = self.pages.keys().filter(|one| one.0 == at.0).copied().collect();
                own.into_iter().for_each(|one| self.unmap(one));
                ok()
            }
            "map" if word(command, "kind") == "private" => {
                let protection = word(command, "protection").to_string();
                self.pages.insert(at, Cell { value: 0, protection, on_device: false });
                ok()
            }
            "unmap" => {
                self.unmap(at);
                ok()
            }
            "load" => {
                if !self.pages.get(&at).is_some_and(|cell| cell.protection != "none") {
                    return "\"SIGSEGV\"".to_string();
                }
                self.migrate(at, false); // page_fault: a page on the device migrates back.
                self.pages[&at].value.to_string()
            }
            "store" => {
                if !self.pages.get(&at).is_some_and(|cell| cell.protection == "write") {
                    return "\"SIGSEGV\"".to_string();
                }
                self.migrate(at, false);
                if let Some(cell) = self.pages.get_mut(&at) {
                    cell.value = number("value");
                }
                ok()
            }
            op @ ("migrate-to-device" | "migrate-to-system") => {
                let pages = at.1..at.1 + number("count");
                let results: Vec<_> = pages.map(|page| self.migrate((at.0, page), op == "migrate-to-device")).collect();
                format!("[{}]", results.join(","))
            }
            _ => "\"unsupported\"".to_string(),
        }
    }

    fn migrate(&mut self, at: (i64, i64), to_device: bool) -> &'static str {
        match self.pages.get_mut(&at) {
            Some(cell) if cell.on_device != to_device && !(to_device && self.free_frames == 0) => {
                cell.on_device = to_device;
                self.free_frames += if to_device { -1 } else { 1 };
                "\"moved\""
            }
            _ => "\"skipped\"",
        }
    }

    fn unmap(&mut self, at: (i64, i64)) {
        self.migrate(at, false);
        self.pages.remove(&at);
    }
}

fn ok() -> String {
    "\"ok\"".to_string()
}

/// The text after the name of a field; the suite sends no spaces. Empty if there is no such field.
fn field<'a>(text: &'a str, name: &str) -> &'a str {
    let key = format!("\"{name}\":");
    text.find(&key).map_or("", |at| &text[at + key.len()..])
}

fn number(text: &str, name: &str) -> i64 {
    let value = field(text, name);
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    value[..end].parse().unwrap_or(0)
}

fn word<'a>(text: &'a str, name: &str) -> &'a str {
    field(text, name).split('"').nth(1).unwrap_or("")
}

/// The objects of a list, each as text.
fn objects(list: &str) -> Vec<&str> {
    let (mut found, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'{' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    found.push(&list[start..=at]);
                }
            }
            _ => {}
        }
    }
    found
}

fn reply(line: &str) -> String {
    if word(line, "type") == "hello" {
        return HELLO.to_string();
    }
    let mut world = World { pages: HashMap::new(), free_frames: number(line, "frames") };
    let commands = objects(field(line, "commands"));
    let results: Vec<_> =
        commands.into_iter().map(|one| format!("{{\"result\":{}}}", world.execute(one))).collect();
    let id = number(line, "id");
    format!("{{\"type\":\"observations\",\"id\":{id},\"observations\":[{}]}}", results.join(","))
}

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", reply(&line?))?;
        out.flush()?;
    }
    Ok(())
}
