// SPDX-License-Identifier: MIT

//! ZONE_DEVICE private memory in one file of Rust, with the adapter that connects it to
//! zone-device-conformance.
//!
//! This implementation was written from README.md, spec/RULES.md and spec/protocol/ADAPTERS.md
//! alone, and uses the standard library only.
//!
//!     rustc -O --edition 2021 -o zone_device zone_device.rs
//!     zdc doctor --target "stdio:./zone_device"
//!
//! With `--one-owner` both devices have one owner, and with `--watch-unpopulated` a write-protect
//! watch also applies to unpopulated pages: the capabilities `one-owner` and `watch-unpopulated`.
//!
//! The sections, each of which uses those before it:
//!
//!     JSON         a reader and a writer
//!     Profiles     the differences between versions of Linux, as data
//!     Memory       memory pages, frames and their counts, devices, objects
//!     Processes    mappings and page table entries
//!     World        the state of one case, its invariants and its snapshot
//!     Access       the page fault handler: CPU, kernel, pins
//!     Migration    to the device, to system memory, and the driver's failures
//!     System calls map, fork, protect, madvise, mremap, userfaultfd, soft-dirty, control groups
//!     Devices      device accesses, exclusive access, attach, detach, removal
//!     Adapter      commands and observations as lines of JSON
//!
//! To connect an implementation of your own, keep the first and the last section.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::sync::{Barrier, Mutex};

// -------------------------------------------------------------------------------------------- JSON

/// A JSON value. Numbers are integers, because the protocol has no others.
#[derive(Clone, Debug, PartialEq)]
enum Json {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn parse(text: &str) -> Result<Json, String> {
        let mut reader = Reader { text, position: 0 };
        let value = reader.value(0)?;
        reader.skip_space();
        if reader.position < text.len() {
            return Err(format!("unexpected text at byte {}", reader.position));
        }
        Ok(value)
    }

    fn text(text: &str) -> Json {
        Json::Text(text.to_string())
    }

    fn number(number: usize) -> Json {
        Json::Number(number as i64)
    }

    fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
        Json::Object(
            members
                .into_iter()
                .map(|(name, value)| (name.to_string(), value))
                .collect(),
        )
    }

    /// The member of an object; `Null` if there is none.
    fn get(&self, name: &str) -> &Json {
        match self {
            Json::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map_or(&Json::Null, |(_, value)| value),
            _ => &Json::Null,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<i64> {
        match self {
            Json::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn as_list(&self) -> Option<&[Json]> {
        match self {
            Json::List(items) => Some(items),
            _ => None,
        }
    }
}

/// Nesting deeper than this is refused, so that no line can overflow the stack. The protocol needs
/// six levels.
const MAX_DEPTH: usize = 64;

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    /// Skips `token` if it comes next.
    fn accept(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.position += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.accept(token) {
            return Ok(());
        }
        Err(format!("expected {token} at byte {}", self.position))
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply".to_string());
        }
        self.skip_space();
        match self.rest().chars().next() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => Ok(Json::Text(self.string()?)),
            Some('t') => self.expect("true").map(|()| Json::Bool(true)),
            Some('f') => self.expect("false").map(|()| Json::Bool(false)),
            Some('n') => self.expect("null").map(|()| Json::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, String> {
        self.expect("{")?;
        let mut members = Vec::new();
        if self.accept("}") {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            self.expect(":")?;
            members.push((name, self.value(depth + 1)?));
            if !self.accept(",") {
                self.expect("}")?;
                return Ok(Json::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, String> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.accept("]") {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.accept(",") {
                self.expect("]")?;
                return Ok(Json::List(items));
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let mut text = String::new();
        loop {
            match self.next()? {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                character => text.push(character),
            }
        }
    }

    fn next(&mut self) -> Result<char, String> {
        let character = self.rest().chars().next().ok_or("a string does not end")?;
        self.position += character.len_utf8();
        Ok(character)
    }

    fn escape(&mut self) -> Result<char, String> {
        Ok(match self.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => self.unicode_escape()?,
            character => character,
        })
    }

    /// Surrogates become the replacement character: no name in the protocol has any.
    fn unicode_escape(&mut self) -> Result<char, String> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + self.next()?.to_digit(16).ok_or("a bad \\u escape")?;
        }
        Ok(char::from_u32(code).unwrap_or('\u{fffd}'))
    }

    fn number(&mut self) -> Result<Json, String> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| c != '-' && !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number = rest[..end]
            .parse()
            .map_err(|_| format!("no value at byte {}", self.position))?;
        self.position += end;
        Ok(Json::Number(number))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Json::Null => write!(out, "null"),
            Json::Bool(value) => write!(out, "{value}"),
            Json::Number(number) => write!(out, "{number}"),
            Json::Text(text) => write_string(out, text),
            Json::List(items) => {
                write!(out, "[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(out, "{}{item}", if index > 0 { "," } else { "" })?;
                }
                write!(out, "]")
            }
            Json::Object(members) => {
                write!(out, "{{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    write!(out, "{}", if index > 0 { "," } else { "" })?;
                    write_string(out, name)?;
                    write!(out, ":{value}")?;
                }
                write!(out, "}}")
            }
        }
    }
}

fn write_string(out: &mut fmt::Formatter, text: &str) -> fmt::Result {
    write!(out, "\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(out, "\\{character}")?,
            control if control < ' ' => write!(out, "\\u{:04x}", control as u32)?,
            other => write!(out, "{other}")?,
        }
    }
    write!(out, "\"")
}

// ---------------------------------------------------------------------------------------- Profiles

/// The differences between the profiles.
#[derive(Clone, Copy)]
struct Profile {
    name: &'static str,
    /// The reference count of a frame without an entry.
    idle_references: i64,
    /// The first entry takes over the idle reference instead of adding another one.
    first_entry_takes_idle_reference: bool,
    /// A failed `page_fault` leaves poison in the entry of the process that accessed the page.
    failed_fault_poisons: bool,
    /// A fork copies pinned pages, and a pin for reading breaks the sharing.
    pins_are_exclusive: bool,
    /// An access by one device to a page on another one migrates the page to system memory first.
    foreign_access_migrates: bool,
    /// `/proc/PID/pagemap` shows whether a special entry is the only one of its page.
    page_map_shows_sole: bool,
    /// The charges of a process move to the control group that it joins.
    charges_follow_join: bool,
    /// A migration by one device skips pages of a device with another owner.
    owners_matter: bool,
    /// A write-protect watch can also apply to unpopulated pages.
    offers_unpopulated_watch: bool,
    max_swap_areas: usize,
}

const ORIGIN: Profile = Profile {
    name: "origin",
    idle_references: 1,
    first_entry_takes_idle_reference: false,
    failed_fault_poisons: true,
    pins_are_exclusive: false,
    foreign_access_migrates: false,
    page_map_shows_sole: true,
    charges_follow_join: true,
    owners_matter: false,
    offers_unpopulated_watch: false,
    max_swap_areas: 27,
};

const LINUX_4_14: Profile = Profile {
    name: "linux-4.14",
    failed_fault_poisons: false,
    ..ORIGIN
};

const LINUX_5_18: Profile = Profile {
    name: "linux-5.18",
    first_entry_takes_idle_reference: true,
    pins_are_exclusive: true,
    owners_matter: true,
    max_swap_areas: 25,
    ..LINUX_4_14
};

const LINUX_6_1: Profile = Profile {
    name: "linux-6.1",
    idle_references: 0,
    first_entry_takes_idle_reference: false,
    foreign_access_migrates: true,
    max_swap_areas: 22,
    ..LINUX_5_18
};

const LINUX_6_12: Profile = Profile {
    name: "linux-6.12",
    page_map_shows_sole: false,
    offers_unpopulated_watch: true,
    max_swap_areas: 23,
    ..LINUX_6_1
};

const LINUX_6_19: Profile = Profile {
    name: "linux-6.19",
    charges_follow_join: false,
    max_swap_areas: 24,
    ..LINUX_6_12
};

const LINUX_7_3: Profile = Profile {
    name: "linux-7.3",
    ..LINUX_6_19
};

const PROFILES: [Profile; 7] = [
    ORIGIN, LINUX_4_14, LINUX_5_18, LINUX_6_1, LINUX_6_12, LINUX_6_19, LINUX_7_3,
];

/// Behaviours that the command line chooses, each of which is a capability. They have no effect in
/// a profile that does not offer them.
#[derive(Clone, Copy, Default)]
struct Modes {
    /// Both devices have one owner, so each uses and migrates the pages of the other.
    one_owner: bool,
    /// A write-protect watch also applies to unpopulated pages.
    watch_unpopulated: bool,
}

impl Modes {
    fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Modes, String> {
        let mut modes = Modes::default();
        for argument in arguments {
            match argument.as_str() {
                "--one-owner" => modes.one_owner = true,
                "--watch-unpopulated" => modes.watch_unpopulated = true,
                _ => {
                    return Err("usage: zone_device [--one-owner] [--watch-unpopulated]".to_string())
                }
            }
        }
        Ok(modes)
    }

    fn offered_by(self, profile: &Profile) -> Modes {
        Modes {
            one_owner: self.one_owner && profile.owners_matter,
            watch_unpopulated: self.watch_unpopulated && profile.offers_unpopulated_watch,
        }
    }

    fn capabilities(self) -> impl Iterator<Item = &'static str> {
        let one_owner = self.one_owner.then_some("one-owner");
        let watch_unpopulated = self.watch_unpopulated.then_some("watch-unpopulated");
        one_owner.into_iter().chain(watch_unpopulated)
    }
}

// ------------------------------------------------------------------------------------------ Memory

/// The number of cells of a page, all of which hold its value, so that a partial copy is visible.
const CELLS: usize = 4;

/// The content of memory that belongs to no object.
const FILLER: i64 = -1;

/// One page of memory.
#[derive(Clone, Copy)]
struct Memory([i64; CELLS]);

impl Memory {
    fn filled(value: i64) -> Memory {
        Memory([value; CELLS])
    }

    fn load(&self) -> Answer {
        let first = self.0[0];
        if self.0.contains(&FILLER) {
            Answer::Word("stale")
        } else if self.0.iter().any(|cell| *cell != first) {
            Answer::Word("torn")
        } else {
            Answer::Value(first)
        }
    }

    fn store(&mut self, value: i64) {
        self.0.fill(value);
    }
}

/// One page of device memory, with the counts of its struct page.
struct Frame {
    memory: Memory,
    allocated: bool,
    references: i64,
    map_count: i64,
    /// The minimum reference count since the last snapshot.
    least_references: i64,
}

impl Frame {
    fn new(profile: &Profile) -> Frame {
        Frame {
            memory: Memory::filled(FILLER),
            allocated: false,
            references: profile
                .idle_references
                .max(profile.first_entry_takes_idle_reference as i64),
            map_count: 0,
            least_references: i64::MAX,
        }
    }

    fn change_references(&mut self, by: i64) {
        self.references += by;
        self.least_references = self.least_references.min(self.references);
    }

    fn add_entry(&mut self, profile: &Profile) {
        if self.map_count > 0 || !profile.first_entry_takes_idle_reference {
            self.change_references(1);
        }
        self.map_count += 1;
    }

    fn remove_entry(&mut self) {
        self.map_count -= 1;
        self.change_references(-1);
    }
}

struct Device {
    attached: bool,
    open: bool,
    /// System memory was added at the address range of the detached device.
    range_reused: bool,
}

impl Device {
    fn new() -> Device {
        Device {
            attached: true,
            open: true,
            range_reused: false,
        }
    }

    fn usable(&self) -> bool {
        self.attached && self.open
    }
}

type ObjectId = usize;
type FrameNumber = usize;
type GroupNumber = usize;

enum Home {
    System(Memory),
    Frame(FrameNumber),
}

/// One page of content: an anonymous page, in system memory or on a device.
struct Object {
    home: Home,
    /// The places of the page table entries that map this object.
    entries: Vec<Place>,
    pins: usize,
    /// The control group to which it is charged.
    group: GroupNumber,
}

/// The content of a pin slot.
#[derive(Clone, Copy)]
enum Pinned {
    Object(ObjectId),
    Common(Kind, usize),
    /// The zero page, or a page of a file.
    Constant(i64),
}

// --------------------------------------------------------------------------------------- Processes

/// A page of a process.
#[derive(Clone, Copy, PartialEq)]
struct Place {
    process: usize,
    page: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Private,
    Host,
    Shared,
    File,
}

impl Kind {
    /// Whether all processes that map the page share it permanently.
    fn is_common(self) -> bool {
        matches!(self, Kind::Host | Kind::Shared)
    }
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Protection {
    None,
    Read,
    Write,
}

#[derive(Clone, Copy, PartialEq)]
enum Watch {
    None,
    Missing,
    WriteProtect,
}

#[derive(Clone, Copy, PartialEq)]
enum Inheritance {
    Copy,
    None,
    Zero,
}

/// A page table entry. A place without a mapping has none; that of common memory is `Unpopulated`.
#[derive(Clone, Copy, PartialEq)]
enum Entry {
    Unpopulated,
    Present(ObjectId),
    Exclusive(ObjectId, usize),
    Device(ObjectId, Permission),
    Poison,
}

#[derive(Clone, Copy, PartialEq)]
enum Permission {
    Read,
    Write,
}

impl Entry {
    fn object(self) -> Option<ObjectId> {
        match self {
            Entry::Present(id) | Entry::Exclusive(id, _) | Entry::Device(id, _) => Some(id),
            Entry::Unpopulated | Entry::Poison => None,
        }
    }
}

#[derive(Clone)]
struct Mapping {
    kind: Kind,
    protection: Protection,
    entry: Entry,
    locked: bool,
    inheritance: Inheritance,
    watch: Watch,
    soft_dirty: bool,
    /// `madvise(MADV_FREE)` was called and the page has not been stored to since.
    lazy_free: bool,
}

impl Mapping {
    fn new(kind: Kind, protection: Protection) -> Mapping {
        Mapping {
            kind,
            protection,
            entry: Entry::Unpopulated,
            locked: false,
            inheritance: Inheritance::Copy,
            watch: Watch::None,
            soft_dirty: true,
            lazy_free: false,
        }
    }

    fn permits(&self, intent: Intent) -> bool {
        self.protection
            >= if intent == Intent::Write {
                Protection::Write
            } else {
                Protection::Read
            }
    }

    /// The value that a load of an unpopulated page of this mapping returns.
    fn unpopulated_value(&self, page: usize) -> i64 {
        if self.kind == Kind::File {
            FIRST_FILE_VALUE + page as i64
        } else {
            0
        }
    }

    /// Whether there is no page yet. Common memory always has one.
    fn is_unpopulated(&self) -> bool {
        !self.kind.is_common() && self.entry == Entry::Unpopulated
    }

    fn is_private_unpopulated(&self) -> bool {
        self.kind == Kind::Private && self.entry == Entry::Unpopulated
    }
}

/// The value of page 0 of the file; the value of page p is p more.
const FIRST_FILE_VALUE: i64 = 30000;

struct Process {
    group: GroupNumber,
    pages: Vec<Option<Mapping>>,
}

// ------------------------------------------------------------------------------------------- World

#[derive(Clone, Copy)]
struct Scope {
    processes: usize,
    pages: usize,
    frames: usize,
    slots: usize,
    devices: usize,
}

/// The failures that a case can inject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Failure {
    Sigbus,
    Oom,
    NoFrame,
    NoCopy,
}

struct Injection {
    /// `None` stands for any page.
    victim: Option<Place>,
    /// `None` stands for `until-healed`.
    remaining: Option<i64>,
}

enum Callback {
    Fault {
        place: Place,
        frame: FrameNumber,
        device: usize,
    },
    Alloc {
        frame: FrameNumber,
    },
    Free {
        frame: FrameNumber,
        references: i64,
        map_count: i64,
    },
}

/// The result of a command.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Value(i64),
    Word(&'static str),
    /// Whether each page of a range has moved.
    Vector(Vec<bool>),
    Race(Box<Answer>, Box<Answer>),
}

const OK: Answer = Answer::Word("ok");

/// The reason why a command cannot be executed: it is malformed, or undefined in this state.
type Refused = String;

struct World {
    profile: Profile,
    modes: Modes,
    scope: Scope,
    processes: Vec<Option<Process>>,
    objects: BTreeMap<ObjectId, Object>,
    next_object: ObjectId,
    frames: Vec<Frame>,
    devices: Vec<Device>,
    host: Vec<Memory>,
    shared: Vec<Memory>,
    slots: Vec<Option<Pinned>>,
    limits: [Option<usize>; 2],
    swap_areas: usize,
    injections: BTreeMap<Failure, Injection>,
    /// The callbacks of the command that is being executed.
    callbacks: Vec<Callback>,
}

impl World {
    fn new(profile: Profile, modes: Modes, scope: Scope) -> World {
        let mut world = World {
            profile,
            modes: modes.offered_by(&profile),
            scope,
            processes: (0..scope.processes).map(|_| None).collect(),
            objects: BTreeMap::new(),
            next_object: 0,
            frames: (0..scope.frames * scope.devices)
                .map(|_| Frame::new(&profile))
                .collect(),
            devices: (0..scope.devices).map(|_| Device::new()).collect(),
            host: vec![Memory::filled(0); scope.pages],
            shared: vec![Memory::filled(0); scope.pages],
            slots: vec![None; scope.slots],
            limits: [None; 2],
            swap_areas: 0,
            injections: BTreeMap::new(),
            callbacks: Vec::new(),
        };
        world.spawn(0);
        world
    }

    fn process(&self, process: usize) -> Result<&Process, Refused> {
        self.processes[process]
            .as_ref()
            .ok_or_else(|| format!("process {process} is not alive"))
    }

    fn mapping(&self, place: Place) -> Option<&Mapping> {
        self.processes[place.process].as_ref()?.pages[place.page].as_ref()
    }

    fn mapping_mut(&mut self, place: Place) -> Option<&mut Mapping> {
        self.processes[place.process].as_mut()?.pages[place.page].as_mut()
    }

    /// The mapping of a place. The caller must know that there is one.
    fn mapped(&mut self, place: Place) -> &mut Mapping {
        self.mapping_mut(place).expect("the place is mapped")
    }

    fn needs_mapping(&mut self, place: Place) -> Result<&mut Mapping, Refused> {
        self.mapping_mut(place).ok_or_else(|| {
            format!(
                "page {} of process {} is not mapped",
                place.page, place.process
            )
        })
    }

    fn entry(&self, place: Place) -> Entry {
        self.mapping(place)
            .map_or(Entry::Unpopulated, |mapping| mapping.entry)
    }

    fn object(&self, id: ObjectId) -> &Object {
        &self.objects[&id]
    }

    fn object_mut(&mut self, id: ObjectId) -> &mut Object {
        self.objects
            .get_mut(&id)
            .expect("the object exists while an entry or a pin holds it")
    }

    fn frame_of(&self, id: ObjectId) -> Option<FrameNumber> {
        match self.object(id).home {
            Home::Frame(frame) => Some(frame),
            Home::System(_) => None,
        }
    }

    fn device_of(&self, frame: FrameNumber) -> usize {
        frame / self.scope.frames
    }

    /// The device that an object is on.
    fn home_device(&self, id: ObjectId) -> Option<usize> {
        self.frame_of(id).map(|frame| self.device_of(frame))
    }

    fn memory(&self, id: ObjectId) -> &Memory {
        match &self.object(id).home {
            Home::System(memory) => memory,
            Home::Frame(frame) => &self.frames[*frame].memory,
        }
    }

    fn store_to_object(&mut self, id: ObjectId, value: i64) {
        match &mut self.object_mut(id).home {
            Home::System(memory) => memory.store(value),
            Home::Frame(frame) => {
                let frame = *frame;
                self.frames[frame].memory.store(value);
            }
        }
    }

    fn common_memory(&mut self, kind: Kind, page: usize) -> &mut Memory {
        if kind == Kind::Host {
            &mut self.host[page]
        } else {
            &mut self.shared[page]
        }
    }

    fn new_object(&mut self, home: Home, group: GroupNumber) -> ObjectId {
        let id = self.next_object;
        self.next_object += 1;
        self.objects.insert(
            id,
            Object {
                home,
                entries: Vec::new(),
                pins: 0,
                group,
            },
        );
        id
    }

    /// Lets an entry map an object. The place must have no object before.
    fn install(&mut self, place: Place, entry: Entry) {
        self.mapped(place).entry = entry;
        if let Some(id) = entry.object() {
            self.object_mut(id).entries.push(place);
            if let Some(frame) = self.frame_of(id) {
                let profile = self.profile;
                self.frames[frame].add_entry(&profile);
            }
        }
    }

    /// Replaces an entry by `replacement`, which has no object.
    fn release(&mut self, place: Place, replacement: Entry) {
        let mapping = self.mapped(place);
        let entry = std::mem::replace(&mut mapping.entry, replacement);
        mapping.lazy_free = false;
        if mapping.watch == Watch::WriteProtect {
            mapping.watch = Watch::None;
        }
        let Some(id) = entry.object() else { return };
        self.object_mut(id).entries.retain(|other| *other != place);
        if let Some(frame) = self.frame_of(id) {
            self.frames[frame].remove_entry();
        }
        self.drop_if_unused(id);
    }

    fn drop_if_unused(&mut self, id: ObjectId) {
        let object = self.object(id);
        if !object.entries.is_empty() || object.pins > 0 {
            return;
        }
        let frame = self.frame_of(id);
        self.objects.remove(&id);
        if let Some(frame) = frame {
            self.page_free(frame);
        }
    }

    /// The driver's allocator: the lowest free frame of a device.
    fn allocate_frame(&mut self, device: usize) -> Option<FrameNumber> {
        let first = device * self.scope.frames;
        let frame =
            (first..first + self.scope.frames).find(|frame| !self.frames[*frame].allocated)?;
        self.frames[frame].allocated = true;
        self.callbacks.push(Callback::Alloc { frame });
        Some(frame)
    }

    /// The driver's `page_free` callback: no reference to the frame is left but the idle one.
    fn page_free(&mut self, number: FrameNumber) {
        let frame = &mut self.frames[number];
        let idle = Frame::new(&self.profile);
        let (references, map_count) = (frame.references, frame.map_count);
        let references = if self.profile.first_entry_takes_idle_reference {
            0
        } else {
            references
        };
        self.callbacks.push(Callback::Free {
            frame: number,
            references,
            map_count,
        });
        frame.allocated = false;
        frame.memory = idle.memory;
        frame.references = idle.references;
    }

    fn charge(&self, group: GroupNumber) -> usize {
        self.objects
            .values()
            .filter(|object| object.group == group)
            .count()
    }

    fn group_of(&self, place: Place) -> GroupNumber {
        self.processes[place.process]
            .as_ref()
            .map_or(0, |process| process.group)
    }

    fn at_limit(&self, place: Place) -> bool {
        let group = self.group_of(place);
        self.limits[group].is_some_and(|limit| self.charge(group) >= limit)
    }

    fn rss(&self, process: usize) -> usize {
        let Some(process) = &self.processes[process] else {
            return 0;
        };
        process
            .pages
            .iter()
            .flatten()
            .filter(|mapping| mapping.entry.object().is_some())
            .count()
    }

    /// Whether an injection strikes an attempt on the page that these places map. Each strike uses
    /// up one of its attempts.
    fn strikes(&mut self, failure: Failure, places: &[Place]) -> bool {
        let Some(injection) = self.injections.get_mut(&failure) else {
            return false;
        };
        if injection
            .victim
            .is_some_and(|victim| !places.contains(&victim))
        {
            return false;
        }
        if let Some(remaining) = &mut injection.remaining {
            *remaining -= 1;
            if *remaining == 0 {
                self.injections.remove(&failure);
            }
        }
        true
    }

    fn snapshot(&mut self) -> Json {
        let entries = (0..self.scope.processes)
            .map(|process| self.entries_of(process))
            .collect();
        let rss = (0..self.scope.processes)
            .map(|process| Json::number(self.rss(process)))
            .collect();
        let frames = self.frames.iter_mut().map(Frame::show).collect();
        Json::object([
            ("entries", Json::List(entries)),
            ("frames", Json::List(frames)),
            ("rss", Json::List(rss)),
            ("charged", Json::number(self.objects.len())),
        ])
    }

    fn entries_of(&self, process: usize) -> Json {
        if self.processes[process].is_none() {
            return Json::Null;
        }
        Json::List(
            (0..self.scope.pages)
                .map(|page| self.show_entry(Place { process, page }))
                .collect(),
        )
    }

    fn show_entry(&self, place: Place) -> Json {
        let Some(mapping) = self.mapping(place) else {
            return Json::text("unmapped");
        };
        match mapping.entry {
            Entry::Unpopulated if mapping.kind.is_common() => Json::text("present"),
            Entry::Unpopulated => Json::text("hole"),
            Entry::Present(_) => Json::text("present"),
            Entry::Exclusive(..) => Json::text("exclusive"),
            Entry::Poison => Json::text("poison"),
            Entry::Device(id, permission) => Json::object([
                ("frame", self.frame_of(id).map_or(Json::Null, Json::number)),
                ("write", Json::Bool(permission == Permission::Write)),
            ]),
        }
    }
}

impl Frame {
    /// Shows the counts, and restarts the minimum count.
    fn show(&mut self) -> Json {
        let least = self.least_references.min(self.references);
        self.least_references = self.references;
        Json::object([
            ("refs", Json::Number(self.references)),
            ("maps", Json::Number(self.map_count)),
            ("least", Json::Number(least)),
        ])
    }
}

// ------------------------------------------------------------------------------------------ Access

#[derive(Clone, Copy, PartialEq)]
enum Intent {
    Read,
    Write,
}

/// The reason why an access failed.
#[derive(Clone, Copy, PartialEq)]
enum AccessError {
    NotMapped,
    NotPermitted,
    Sigbus,
    OutOfMemory,
    Trapped,
}

impl AccessError {
    /// The result of a failed access by the CPU.
    fn signal(self) -> Answer {
        Answer::Word(match self {
            AccessError::NotMapped | AccessError::NotPermitted => "SIGSEGV",
            AccessError::Sigbus => "SIGBUS",
            AccessError::OutOfMemory => "oom",
            AccessError::Trapped => "trapped",
        })
    }

    /// The result of a failed access by the kernel or by a device.
    fn errno(self) -> Answer {
        Answer::Word(match self {
            AccessError::NotMapped | AccessError::NotPermitted | AccessError::Sigbus => "EFAULT",
            AccessError::OutOfMemory => "ENOMEM",
            AccessError::Trapped => "trapped",
        })
    }
}

/// The memory that an access reaches.
#[derive(Clone, Copy)]
enum Reached {
    Object(ObjectId),
    Common(Kind, usize),
    Constant(i64),
}

impl World {
    /// The page fault handler: makes a page accessible to the CPU, or returns why it failed.
    fn access(&mut self, place: Place, intent: Intent) -> Result<Reached, AccessError> {
        let mapping = self.mapping(place).ok_or(AccessError::NotMapped)?.clone();
        if !mapping.permits(intent) {
            return Err(AccessError::NotPermitted);
        }
        if mapping.entry == Entry::Poison {
            return Err(AccessError::Sigbus);
        }
        if self.is_trapped(&mapping, intent) {
            return Err(AccessError::Trapped);
        }
        if mapping.kind.is_common() {
            return Ok(Reached::Common(mapping.kind, place.page));
        }
        if mapping.entry == Entry::Unpopulated && intent == Intent::Read {
            return Ok(Reached::Constant(mapping.unpopulated_value(place.page)));
        }
        self.page_in(place)?;
        self.end_exclusive(place);
        if intent == Intent::Write {
            self.make_sole(place)?;
            self.mapped(place).lazy_free = false;
        }
        Ok(self
            .entry(place)
            .object()
            .map_or(Reached::Constant(0), Reached::Object))
    }

    fn is_trapped(&self, mapping: &Mapping, intent: Intent) -> bool {
        match mapping.watch {
            Watch::None => false,
            Watch::Missing => mapping.is_private_unpopulated(),
            Watch::WriteProtect => intent == Intent::Write && self.can_be_write_protected(mapping),
        }
    }

    fn can_be_write_protected(&self, mapping: &Mapping) -> bool {
        mapping.entry.object().is_some()
            || (self.modes.watch_unpopulated && mapping.is_unpopulated())
    }

    /// Migrates a page on a device to system memory by `page_fault`.
    fn page_in(&mut self, place: Place) -> Result<(), AccessError> {
        let Entry::Device(id, _) = self.entry(place) else {
            return Ok(());
        };
        let Some(frame) = self.frame_of(id) else {
            return Ok(());
        };
        let device = self.device_of(frame);
        self.callbacks.push(Callback::Fault {
            place,
            frame,
            device,
        });
        match self.migrate_object_to_system(id) {
            None => Ok(()),
            Some(Failure::Oom) => Err(AccessError::OutOfMemory),
            Some(_) => {
                if self.profile.failed_fault_poisons {
                    self.release(place, Entry::Poison);
                }
                Err(AccessError::Sigbus)
            }
        }
    }

    /// Ends the exclusive access of a device.
    fn end_exclusive(&mut self, place: Place) {
        if let Entry::Exclusive(id, _) = self.entry(place) {
            self.mapped(place).entry = Entry::Present(id);
        }
    }

    /// Populates a page or breaks its sharing, so that the process has an object of its own in
    /// system memory.
    fn make_sole(&mut self, place: Place) -> Result<(), AccessError> {
        let memory = match self.entry(place).object() {
            Some(id) if self.object(id).entries.len() == 1 => return Ok(()),
            Some(id) => *self.memory(id),
            None => Memory::filled(self.mapped(place).unpopulated_value(place.page)),
        };
        if self.at_limit(place) {
            return Err(AccessError::OutOfMemory);
        }
        let watch = self.mapped(place).watch;
        self.release(place, Entry::Unpopulated);
        let id = self.new_object(Home::System(memory), self.group_of(place));
        self.install(place, Entry::Present(id));
        self.mapped(place).watch = watch;
        Ok(())
    }

    fn read(&mut self, reached: Reached) -> Answer {
        match reached {
            Reached::Object(id) => self.memory(id).load(),
            Reached::Common(kind, page) => self.common_memory(kind, page).load(),
            Reached::Constant(value) => Answer::Value(value),
        }
    }

    fn write(&mut self, place: Place, reached: Reached, value: i64) {
        match reached {
            Reached::Object(id) => self.store_to_object(id, value),
            Reached::Common(kind, page) => self.common_memory(kind, page).store(value),
            Reached::Constant(_) => unreachable!("an access for writing reaches no constant"),
        }
        self.mapped(place).soft_dirty = true;
    }

    fn load(&mut self, place: Place) -> Result<Answer, AccessError> {
        let reached = self.access(place, Intent::Read)?;
        Ok(self.read(reached))
    }

    fn store(&mut self, place: Place, value: i64) -> Result<Answer, AccessError> {
        let reached = self.access(place, Intent::Write)?;
        self.write(place, reached, value);
        Ok(OK)
    }

    /// A load by the kernel that must not fault.
    fn nofault_load(&mut self, place: Place) -> Answer {
        let readable = match self.mapping(place) {
            None => false,
            Some(mapping) => {
                mapping.permits(Intent::Read)
                    && !self.is_trapped(mapping, Intent::Read)
                    && !matches!(mapping.entry, Entry::Poison | Entry::Device(..))
            }
        };
        if !readable {
            return Answer::Word("EFAULT");
        }
        let reached = self.current(place);
        self.read(reached)
    }

    /// The memory of a mapped place that is not poison, without a fault.
    fn current(&mut self, place: Place) -> Reached {
        let mapping = self.mapped(place);
        match mapping.entry.object() {
            Some(id) => Reached::Object(id),
            None if mapping.kind.is_common() => Reached::Common(mapping.kind, place.page),
            None => Reached::Constant(mapping.unpopulated_value(place.page)),
        }
    }

    fn populate(&mut self, place: Place) -> Answer {
        let writable = self
            .mapping(place)
            .is_some_and(|mapping| mapping.permits(Intent::Write));
        match self.access(
            place,
            if writable {
                Intent::Write
            } else {
                Intent::Read
            },
        ) {
            Ok(_) => OK,
            Err(AccessError::NotMapped) => Answer::Word("ENOMEM"),
            Err(error) => error.errno(),
        }
    }

    fn pin(&mut self, place: Place, slot: usize, intent: Intent) -> Answer {
        if self.slots[slot].is_some() {
            return Answer::Word("EBUSY");
        }
        match self.reach_for_pin(place, intent) {
            Err(error) => error.errno(),
            Ok(reached) => {
                self.slots[slot] = Some(match reached {
                    Reached::Object(id) => {
                        self.object_mut(id).pins += 1;
                        Pinned::Object(id)
                    }
                    Reached::Common(kind, page) => Pinned::Common(kind, page),
                    Reached::Constant(value) => Pinned::Constant(value),
                });
                OK
            }
        }
    }

    fn reach_for_pin(&mut self, place: Place, intent: Intent) -> Result<Reached, AccessError> {
        let reached = self.access(place, intent)?;
        if !matches!(reached, Reached::Object(_)) || !self.profile.pins_are_exclusive {
            return Ok(reached);
        }
        self.make_sole(place)?;
        Ok(self.current(place))
    }

    fn unpin(&mut self, slot: usize) -> Answer {
        match self.slots[slot].take() {
            None => Answer::Word("EINVAL"),
            Some(Pinned::Constant(value)) => Answer::Value(value),
            Some(Pinned::Common(kind, page)) => self.common_memory(kind, page).load(),
            Some(Pinned::Object(id)) => {
                let value = self.memory(id).load();
                self.object_mut(id).pins -= 1;
                self.drop_if_unused(id);
                value
            }
        }
    }
}

// --------------------------------------------------------------------------------------- Migration

impl World {
    /// Moves an object on a device to system memory with all its entries, or returns the injection
    /// that prevented it.
    fn migrate_object_to_system(&mut self, id: ObjectId) -> Option<Failure> {
        let frame = self.frame_of(id)?;
        let places = self.object(id).entries.clone();
        for failure in [Failure::Sigbus, Failure::Oom] {
            if self.strikes(failure, &places) {
                return Some(failure);
            }
        }
        let memory = self.frames[frame].memory;
        for place in places {
            self.frames[frame].remove_entry();
            self.mapped(place).entry = Entry::Present(id);
        }
        self.object_mut(id).home = Home::System(memory);
        self.page_free(frame);
        None
    }

    fn migrate_to_system(&mut self, place: Place, device: Option<usize>) -> bool {
        let Some(id) = self.entry(place).object() else {
            return false;
        };
        let Some(home) = self.home_device(id) else {
            return false;
        };
        let may_take = self.modes.one_owner || device.map_or(true, |device| device == home);
        may_take && self.migrate_object_to_system(id).is_none()
    }

    fn migrate_to_device(&mut self, place: Place, device: usize) -> bool {
        if !self.devices[device].usable()
            || !self.can_migrate(place, device)
            || !self.has_free_frame(device)
        {
            return false;
        }
        let places = match self.entry(place).object() {
            Some(id) => self.object(id).entries.clone(),
            None => vec![place],
        };
        if self.strikes(Failure::NoFrame, &places) {
            return false;
        }
        let Some(frame) = self.allocate_frame(device) else {
            return false;
        };
        if self.strikes(Failure::NoCopy, &places) {
            self.page_free(frame);
            return false;
        }
        let id = self.move_to_frame(place, frame);
        for place in places {
            self.enter_device_page(place, id, frame);
        }
        true
    }

    fn can_migrate(&self, place: Place, device: usize) -> bool {
        let Some(mapping) = self.mapping(place) else {
            return false;
        };
        match mapping.entry.object() {
            Some(id) => self.can_leave(id, device) && self.object(id).pins == 0,
            None => {
                mapping.is_private_unpopulated()
                    && mapping.watch != Watch::Missing
                    && !self.at_limit(place)
            }
        }
    }

    /// Whether an object may migrate to a device from its present location.
    fn can_leave(&self, id: ObjectId, device: usize) -> bool {
        match self.home_device(id) {
            None => true,
            Some(home) => self.modes.one_owner && home != device,
        }
    }

    fn has_free_frame(&self, device: usize) -> bool {
        let first = device * self.scope.frames;
        self.frames[first..first + self.scope.frames]
            .iter()
            .any(|frame| !frame.allocated)
    }

    /// Copies an object to a frame; for an unpopulated page, creates one of value 0.
    fn move_to_frame(&mut self, place: Place, frame: FrameNumber) -> ObjectId {
        match self.entry(place).object() {
            Some(id) => {
                self.frames[frame].memory = *self.memory(id);
                let left = self.frame_of(id);
                self.object_mut(id).home = Home::Frame(frame);
                if let Some(left) = left {
                    self.leave_frame(id, left);
                }
                id
            }
            None => {
                self.frames[frame].memory = Memory::filled(0);
                let id = self.new_object(Home::Frame(frame), self.group_of(place));
                self.object_mut(id).entries.push(place);
                id
            }
        }
    }

    /// Frees the frame of another device from which an object has migrated to this device.
    fn leave_frame(&mut self, id: ObjectId, frame: FrameNumber) {
        for _ in 0..self.object(id).entries.len() {
            self.frames[frame].remove_entry();
        }
        self.page_free(frame);
    }

    /// Replaces the entry of a page that moved to a frame by a device entry.
    fn enter_device_page(&mut self, place: Place, id: ObjectId, frame: FrameNumber) {
        let sole = self.object(id).entries.len() == 1;
        let mapping = self.mapped(place);
        let writable =
            sole && mapping.permits(Intent::Write) && mapping.watch != Watch::WriteProtect;
        let permission = if writable {
            Permission::Write
        } else {
            Permission::Read
        };
        mapping.entry = Entry::Device(id, permission);
        let profile = self.profile;
        self.frames[frame].add_entry(&profile);
    }

    /// Migrates every object on a device to system memory. Objects that an injection strikes stay.
    /// Returns the number that migrated.
    fn evict_all(&mut self, device: usize) -> usize {
        let objects = self.objects_on(device);
        objects
            .into_iter()
            .filter(|id| self.migrate_object_to_system(*id).is_none())
            .count()
    }

    fn objects_on(&self, device: usize) -> Vec<ObjectId> {
        self.objects
            .keys()
            .copied()
            .filter(|id| self.home_device(*id) == Some(device))
            .collect()
    }
}

// ------------------------------------------------------------------------------------ System calls

impl World {
    fn spawn(&mut self, process: usize) {
        let pages = vec![None; self.scope.pages];
        self.processes[process] = Some(Process { group: 0, pages });
    }

    fn exit(&mut self, process: usize) {
        for page in 0..self.scope.pages {
            self.unmap(Place { process, page });
        }
        self.processes[process] = None;
    }

    fn unmap(&mut self, place: Place) {
        if self.mapping(place).is_some() {
            self.release(place, Entry::Unpopulated);
            self.set_mapping(place, None);
        }
    }

    fn set_mapping(&mut self, place: Place, mapping: Option<Mapping>) {
        if let Some(process) = &mut self.processes[place.process] {
            process.pages[place.page] = mapping;
        }
    }

    fn fork(&mut self, parent: usize, child: usize) {
        self.spawn(child);
        if let (group, Some(process)) = (
            self.group_of(Place {
                process: parent,
                page: 0,
            }),
            &mut self.processes[child],
        ) {
            process.group = group;
        }
        for page in 0..self.scope.pages {
            self.fork_page(
                Place {
                    process: parent,
                    page,
                },
                Place {
                    process: child,
                    page,
                },
            );
        }
    }

    fn fork_page(&mut self, from: Place, to: Place) {
        let Some(mapping) = self.mapping(from).cloned() else {
            return;
        };
        if mapping.inheritance == Inheritance::None {
            return;
        }
        let inherited = Mapping {
            locked: false,
            watch: Watch::None,
            lazy_free: false,
            entry: Entry::Unpopulated,
            ..mapping
        };
        self.set_mapping(to, Some(inherited));
        if mapping.inheritance == Inheritance::Zero {
            return;
        }
        self.end_exclusive(from);
        let entry = self.fork_entry(from, to);
        self.install(to, entry);
    }

    /// The entry of the child. Device entries of both processes become READ.
    fn fork_entry(&mut self, from: Place, to: Place) -> Entry {
        match self.entry(from) {
            Entry::Device(id, _) => {
                self.write_protect(from);
                Entry::Device(id, Permission::Read)
            }
            Entry::Present(id) if self.profile.pins_are_exclusive && self.object(id).pins > 0 => {
                let copy = Home::System(*self.memory(id));
                Entry::Present(self.new_object(copy, self.group_of(to)))
            }
            entry => entry,
        }
    }

    fn write_protect(&mut self, place: Place) {
        let mapping = self.mapped(place);
        if let Entry::Device(id, _) = mapping.entry {
            mapping.entry = Entry::Device(id, Permission::Read);
        }
    }

    fn protect(&mut self, place: Place, protection: Protection) {
        let mapping = self.mapped(place);
        if mapping.protection != protection {
            mapping.protection = protection;
            self.write_protect(place);
        }
    }

    fn discard(&mut self, place: Place) -> Answer {
        let mapping = self.mapped(place);
        if mapping.locked {
            return Answer::Word("EINVAL");
        }
        if !mapping.kind.is_common() {
            self.release(place, Entry::Unpopulated);
        }
        OK
    }

    /// `mremap`, with MREMAP_DONTUNMAP if `keep` is set.
    fn move_mapping(&mut self, from: Place, to: Place, keep: bool) {
        let mapping = self.mapped(from).clone();
        if let Some(id) = mapping.entry.object() {
            for place in &mut self.object_mut(id).entries {
                if *place == from {
                    *place = to;
                }
            }
        }
        let left = Mapping {
            locked: false,
            lazy_free: false,
            entry: Entry::Unpopulated,
            ..mapping.clone()
        };
        self.set_mapping(from, keep.then_some(left));
        self.set_mapping(to, Some(mapping));
    }

    fn lock(&mut self, place: Place) -> Answer {
        let answer = self.populate(place);
        self.mapped(place).locked = true;
        answer
    }

    fn advise(&mut self, place: Place, advice: &str) -> Answer {
        if self.mapped(place).locked && advice != "move-node" {
            return Answer::Word("EINVAL");
        }
        match advice {
            "free" => self.mark_lazy_free(place),
            "page-out" => self.reclaim_lazy_free(place),
            _ => {}
        }
        OK
    }

    fn mark_lazy_free(&mut self, place: Place) {
        let mapping = self.mapped(place);
        mapping.lazy_free = matches!(mapping.entry, Entry::Present(_));
    }

    fn reclaim_lazy_free(&mut self, place: Place) {
        let Entry::Present(id) = self.entry(place) else {
            return;
        };
        if self.mapped(place).lazy_free && self.object(id).pins == 0 {
            self.release(place, Entry::Unpopulated);
        }
    }

    fn watch(&mut self, place: Place, watch: Watch) {
        let applies = watch != Watch::WriteProtect
            || self
                .mapping(place)
                .is_some_and(|mapping| self.can_be_write_protected(mapping));
        let mapping = self.mapped(place);
        mapping.watch = if applies { watch } else { Watch::None };
        if mapping.watch == Watch::WriteProtect {
            self.write_protect(place);
        }
    }

    fn clear_soft_dirty(&mut self, process: usize) {
        if let Some(process) = &mut self.processes[process] {
            process
                .pages
                .iter_mut()
                .flatten()
                .for_each(|mapping| mapping.soft_dirty = false);
        }
    }

    fn page_map(&self, place: Place) -> &'static str {
        let Some(mapping) = self.mapping(place) else {
            return "absent";
        };
        match mapping.entry {
            Entry::Unpopulated if mapping.kind.is_common() => "present",
            Entry::Unpopulated => "absent",
            Entry::Present(_) => "present",
            Entry::Poison => "special",
            Entry::Exclusive(id, _) | Entry::Device(id, _) => {
                let sole = self.object(id).entries.len() == 1;
                if sole && self.profile.page_map_shows_sole {
                    "special-sole"
                } else {
                    "special"
                }
            }
        }
    }

    fn residency(&self, place: Place) -> Answer {
        match self.mapping(place) {
            None => Answer::Word("ENOMEM"),
            Some(mapping) if mapping.kind.is_common() => Answer::Value(1),
            Some(mapping) => Answer::Value((mapping.entry != Entry::Unpopulated) as i64),
        }
    }

    fn join(&mut self, process: usize, group: GroupNumber) {
        let Some(joining) = &mut self.processes[process] else {
            return;
        };
        let moves = joining.group != group && self.profile.charges_follow_join;
        joining.group = group;
        if !moves {
            return;
        }
        for object in self.objects.values_mut() {
            let sole = object.entries.iter().all(|place| place.process == process);
            if sole && !object.entries.is_empty() {
                object.group = group;
            }
        }
    }

    fn swap_on(&mut self, areas: usize) -> usize {
        let accepted = areas.min(self.profile.max_swap_areas - self.swap_areas);
        self.swap_areas += accepted;
        accepted
    }
}

// ----------------------------------------------------------------------------------------- Devices

impl World {
    /// The checks at the beginning of every access by a device, except those for watched pages.
    fn check_device_permission(
        &self,
        place: Place,
        device: usize,
        intent: Intent,
    ) -> Result<(), &'static str> {
        if !self.devices[device].usable() {
            return Err("ENODEV");
        }
        let mapping = self.mapping(place).ok_or("EFAULT")?;
        if !mapping.permits(Intent::Read) {
            return Err("EFAULT");
        }
        if !mapping.permits(intent) {
            return Err("EPERM");
        }
        if mapping.entry == Entry::Poison {
            return Err("EFAULT");
        }
        Ok(())
    }

    fn check_device_access(
        &self,
        place: Place,
        device: usize,
        intent: Intent,
    ) -> Result<(), &'static str> {
        self.check_device_permission(place, device, intent)?;
        match self.mapping(place) {
            Some(mapping) if self.is_trapped(mapping, intent) => Err("trapped"),
            _ => Ok(()),
        }
    }

    /// Migrates a page on another device to system memory in profiles that require it. A device of
    /// the same owner does not count as another one.
    fn page_in_from_other_device(&mut self, place: Place, device: usize) -> Result<(), Answer> {
        let Entry::Device(id, _) = self.entry(place) else {
            return Ok(());
        };
        if self.modes.one_owner || self.home_device(id) == Some(device) {
            return Ok(());
        }
        if !self.profile.foreign_access_migrates {
            return Err(Answer::Word("EFAULT"));
        }
        self.page_in(place).map_err(AccessError::errno)
    }

    fn device_load(&mut self, place: Place, device: usize) -> Result<Answer, Answer> {
        self.check_device_access(place, device, Intent::Read)
            .map_err(Answer::Word)?;
        self.page_in_from_other_device(place, device)?;
        let reached = self.current(place);
        Ok(self.read(reached))
    }

    fn device_store(&mut self, place: Place, device: usize, value: i64) -> Result<Answer, Answer> {
        self.check_device_access(place, device, Intent::Write)
            .map_err(Answer::Word)?;
        self.page_in_from_other_device(place, device)?;
        self.prepare_device_store(place)
            .map_err(AccessError::errno)?;
        let reached = self.current(place);
        self.write(place, reached, value);
        self.mapped(place).lazy_free = false;
        Ok(OK)
    }

    /// Copy on write for a device: a page with a READ entry migrates to system memory first.
    fn prepare_device_store(&mut self, place: Place) -> Result<(), AccessError> {
        let mapping = self.mapped(place);
        match mapping.entry {
            Entry::Device(_, Permission::Write) => return Ok(()),
            Entry::Unpopulated if mapping.kind.is_common() => return Ok(()),
            Entry::Device(_, Permission::Read) => self.page_in_for_device(place)?,
            _ => {}
        }
        self.make_sole(place)
    }

    /// A failed `page_fault` leaves the entry unchanged: a device access causes no poison.
    fn page_in_for_device(&mut self, place: Place) -> Result<(), AccessError> {
        let profile = self.profile;
        self.profile.failed_fault_poisons = false;
        let result = self.page_in(place);
        self.profile = profile;
        result
    }

    fn make_exclusive(&mut self, place: Place, device: usize) -> Result<Answer, Answer> {
        self.check_device_access(place, device, Intent::Write)
            .map_err(Answer::Word)?;
        self.access(place, Intent::Write)
            .map_err(AccessError::errno)?;
        if let Some(id) = self.entry(place).object() {
            self.mapped(place).entry = Entry::Exclusive(id, device);
        }
        Ok(OK)
    }

    /// Without exclusive access it returns EINVAL before it checks for a watch.
    fn device_exchange(
        &mut self,
        place: Place,
        device: usize,
        value: i64,
    ) -> Result<Answer, Answer> {
        self.check_device_permission(place, device, Intent::Write)
            .map_err(Answer::Word)?;
        let Entry::Exclusive(id, owner) = self.entry(place) else {
            return Err(Answer::Word("EINVAL"));
        };
        if owner != device {
            return Err(Answer::Word("EINVAL"));
        }
        self.check_device_access(place, device, Intent::Write)
            .map_err(Answer::Word)?;
        let before = self.memory(id).load();
        self.write(place, Reached::Object(id), value);
        Ok(before)
    }

    fn attach(&mut self, number: usize) -> Answer {
        let device = &mut self.devices[number];
        if device.attached {
            return Answer::Word("EBUSY");
        }
        device.attached = true;
        device.range_reused = false;
        OK
    }

    fn detach(&mut self, number: usize) -> Answer {
        if !self.devices[number].attached {
            return Answer::Word("ENODEV");
        }
        self.evict_all(number);
        if !self.objects_on(number).is_empty() {
            return Answer::Word("EBUSY");
        }
        self.devices[number].attached = false;
        OK
    }

    /// The device disappears with its content.
    fn surprise_remove(&mut self, number: usize) -> Answer {
        if !self.devices[number].attached {
            return Answer::Word("ENODEV");
        }
        for id in self.objects_on(number) {
            for place in self.object(id).entries.clone() {
                self.release(place, Entry::Poison);
            }
        }
        self.devices[number].attached = false;
        OK
    }

    fn open(&mut self, number: usize) -> Answer {
        let was_open = std::mem::replace(&mut self.devices[number].open, true);
        Answer::Word(if was_open { "EBUSY" } else { "ok" })
    }

    fn close(&mut self, number: usize) -> Answer {
        let was_open = std::mem::replace(&mut self.devices[number].open, false);
        Answer::Word(if was_open { "ok" } else { "ENODEV" })
    }

    /// An attempt to add system memory at the address range of the device.
    fn hot_add(&mut self, number: usize) -> Answer {
        let device = &mut self.devices[number];
        if device.attached || device.range_reused {
            return Answer::Word("EEXIST");
        }
        device.range_reused = true;
        OK
    }
}

// ----------------------------------------------------------------------------------------- Adapter

#[rustfmt::skip]
const CAPABILITIES: [&str; 48] = [
    "fork", "protect", "discard", "inject-sigbus", "inject-oom", "inject-no-frame",
    "inject-no-copy", "evict", "evict-all", "attach", "surprise-removal", "close", "hot-add",
    "device-load", "device-store", "exclusive", "pin", "pin-read", "kernel-access", "peek",
    "populate", "lock", "advise", "move", "move-keep", "watch-missing", "watch-write",
    "inherit", "soft-dirty", "query", "limit", "groups", "swap-on", "host", "shared", "file",
    "race", "devices", "device-copy-on-write", "oom-result", "callbacks", "allocations",
    "entries", "frames", "least-count", "accounting", "every-step", "progress",
];

/// A command, and the world size that bounds its arguments.
struct Command<'a> {
    json: &'a Json,
    scope: Scope,
}

impl Command<'_> {
    fn text(&self, name: &str) -> Result<&str, Refused> {
        self.json
            .get(name)
            .as_text()
            .ok_or_else(|| format!("{name} is missing"))
    }

    fn number(&self, name: &str) -> Result<i64, Refused> {
        self.json
            .get(name)
            .as_number()
            .ok_or_else(|| format!("{name} is missing"))
    }

    fn index(&self, name: &str, bound: usize) -> Result<usize, Refused> {
        let index =
            usize::try_from(self.number(name)?).map_err(|_| format!("{name} is negative"))?;
        if index < bound {
            Ok(index)
        } else {
            Err(format!("{name} is {index}, but must be below {bound}"))
        }
    }

    fn process(&self) -> Result<usize, Refused> {
        self.index("process", self.scope.processes)
    }

    fn place(&self) -> Result<Place, Refused> {
        Ok(Place {
            process: self.process()?,
            page: self.index("page", self.scope.pages)?,
        })
    }

    fn slot(&self) -> Result<usize, Refused> {
        self.index("slot", self.scope.slots)
    }

    fn group(&self) -> Result<GroupNumber, Refused> {
        self.index("group", 2)
    }

    fn device(&self) -> Result<usize, Refused> {
        match self.json.get("device") {
            Json::Null => Ok(0),
            _ => self.index("device", self.scope.devices),
        }
    }

    fn range(&self) -> Result<Vec<Place>, Refused> {
        let Place { process, page } = self.place()?;
        let count = self.index("count", self.scope.pages - page + 1)?;
        Ok((page..page + count)
            .map(|page| Place { process, page })
            .collect())
    }

    /// Parses an argument that is one of these words.
    fn one_of<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<T, Refused> {
        let text = self.text(name)?;
        let found = words.iter().find(|(word, _)| *word == text);
        found
            .map(|(_, value)| *value)
            .ok_or_else(|| format!("{name} cannot be {text}"))
    }

    fn kind(&self) -> Result<Kind, Refused> {
        let kinds = [
            ("private", Kind::Private),
            ("host", Kind::Host),
            ("shared", Kind::Shared),
            ("file", Kind::File),
        ];
        self.one_of("kind", &kinds)
    }

    fn protection(&self) -> Result<Protection, Refused> {
        let protections = [
            ("none", Protection::None),
            ("read", Protection::Read),
            ("write", Protection::Write),
        ];
        self.one_of("protection", &protections)
    }

    fn pin_intent(&self) -> Result<Intent, Refused> {
        match self.json.get("access") {
            Json::Null => Ok(Intent::Write),
            _ => self.one_of(
                "access",
                &[("read", Intent::Read), ("write", Intent::Write)],
            ),
        }
    }

    fn watch(&self) -> Result<Watch, Refused> {
        let watches = [
            ("none", Watch::None),
            ("missing", Watch::Missing),
            ("write-protect", Watch::WriteProtect),
        ];
        self.one_of("watch", &watches)
    }

    fn inheritance(&self) -> Result<Inheritance, Refused> {
        let inheritances = [
            ("copy", Inheritance::Copy),
            ("none", Inheritance::None),
            ("zero", Inheritance::Zero),
        ];
        self.one_of("inheritance", &inheritances)
    }

    fn failure(&self) -> Result<Failure, Refused> {
        let failures = [
            ("sigbus", Failure::Sigbus),
            ("oom", Failure::Oom),
            ("no-frame", Failure::NoFrame),
            ("no-copy", Failure::NoCopy),
        ];
        self.one_of("kind", &failures)
    }

    fn injection(&self) -> Result<Injection, Refused> {
        let victim = match self.json.get("victim") {
            Json::Text(_) => None,
            place => Some(
                Command {
                    json: place,
                    scope: self.scope,
                }
                .place()?,
            ),
        };
        Ok(Injection {
            victim,
            remaining: self.json.get("remaining").as_number(),
        })
    }

    fn limit(&self) -> Result<Option<usize>, Refused> {
        match self.json.get("pages") {
            Json::Text(_) => Ok(None),
            _ => self.index("pages", usize::MAX).map(Some),
        }
    }
}

fn count(number: usize) -> Answer {
    Answer::Value(number as i64)
}

/// The result of a command of which success and failure are both answers.
fn either(result: Result<Answer, Answer>) -> Answer {
    result.unwrap_or_else(|error| error)
}

impl World {
    fn execute(&mut self, command: &Command) -> Result<Answer, Refused> {
        if command.json.get("process") != &Json::Null {
            let process = command.process()?;
            if command.text("op")? != "spawn" {
                self.process(process)?;
            }
        }
        Ok(match command.text("op")? {
            "inspect" => OK,
            "spawn" => {
                self.spawn(command.process()?);
                OK
            }
            "exit" => {
                self.exit(command.process()?);
                OK
            }
            "fork" => {
                self.fork(
                    command.process()?,
                    command.index("child", self.scope.processes)?,
                );
                OK
            }
            "map" => {
                let mapping = Mapping::new(command.kind()?, command.protection()?);
                self.set_mapping(command.place()?, Some(mapping));
                OK
            }
            "unmap" => {
                self.unmap(command.place()?);
                OK
            }
            "load" => self
                .load(command.place()?)
                .unwrap_or_else(AccessError::signal),
            "store" => self
                .store(command.place()?, command.number("value")?)
                .unwrap_or_else(AccessError::signal),
            "kernel-load" => self
                .load(command.place()?)
                .unwrap_or_else(AccessError::errno),
            "kernel-store" => self
                .store(command.place()?, command.number("value")?)
                .unwrap_or_else(AccessError::errno),
            "peek" => self.nofault_load(command.place()?),
            "populate" => self.populate(command.place()?),
            "pin" => self.pin(command.place()?, command.slot()?, command.pin_intent()?),
            "unpin" => self.unpin(command.slot()?),
            "charge" => count(self.charge(command.group()?)),
            "swap-on" => count(self.swap_on(command.index("areas", usize::MAX)?)),
            "smaps" => count(self.rss(command.process()?)),
            "page-map" => Answer::Word(self.page_map(command.place()?)),
            "residency" => self.residency(command.place()?),
            "join" => {
                self.join(command.process()?, command.group()?);
                OK
            }
            "limit" => {
                self.limits[command.group()?] = command.limit()?;
                OK
            }
            "clear-soft-dirty" => {
                self.clear_soft_dirty(command.process()?);
                OK
            }
            "inject" => {
                self.injections
                    .insert(command.failure()?, command.injection()?);
                OK
            }
            "heal" => {
                self.injections.clear();
                OK
            }
            op => match self.execute_on_mapping(op, command)? {
                Some(answer) => answer,
                None => self.execute_on_device(op, command)?,
            },
        })
    }

    /// The commands that need a mapping.
    fn execute_on_mapping(
        &mut self,
        op: &str,
        command: &Command,
    ) -> Result<Option<Answer>, Refused> {
        const OPS: [&str; 9] = [
            "protect",
            "discard",
            "move",
            "lock",
            "unlock",
            "advise",
            "watch",
            "inherit",
            "soft-dirty",
        ];
        if !OPS.contains(&op) {
            return Ok(None);
        }
        let place = command.place()?;
        self.needs_mapping(place)?;
        let mut answer = OK;
        match op {
            "protect" => self.protect(place, command.protection()?),
            "discard" => answer = self.discard(place),
            "move" => {
                let to = Place {
                    process: place.process,
                    page: command.index("to", self.scope.pages)?,
                };
                self.move_mapping(place, to, command.json.get("keep") == &Json::Bool(true));
            }
            "lock" => answer = self.lock(place),
            "unlock" => self.mapped(place).locked = false,
            "advise" => answer = self.advise(place, command.text("advice")?),
            "watch" => self.watch(place, command.watch()?),
            "inherit" => self.mapped(place).inheritance = command.inheritance()?,
            _ => {
                answer = Answer::Word(if self.mapped(place).soft_dirty {
                    "dirty"
                } else {
                    "clean"
                })
            }
        }
        Ok(Some(answer))
    }

    fn execute_on_device(&mut self, op: &str, command: &Command) -> Result<Answer, Refused> {
        let device = command.device()?;
        Ok(match op {
            "migrate-to-device" => Answer::Vector(
                command
                    .range()?
                    .into_iter()
                    .map(|place| self.migrate_to_device(place, device))
                    .collect(),
            ),
            "migrate-to-system" => Answer::Vector(
                command
                    .range()?
                    .into_iter()
                    .map(|place| self.migrate_to_system(place, Some(device)))
                    .collect(),
            ),
            "evict" => Answer::Vector(vec![self.migrate_to_system(command.place()?, None)]),
            "evict-all" => count(self.evict_all(device)),
            "device-load" => either(self.device_load(command.place()?, device)),
            "device-store" => {
                either(self.device_store(command.place()?, device, command.number("value")?))
            }
            "make-exclusive" => either(self.make_exclusive(command.place()?, device)),
            "device-exchange" => {
                either(self.device_exchange(command.place()?, device, command.number("value")?))
            }
            "attach" => self.attach(device),
            "detach" => self.detach(device),
            "surprise-remove" => self.surprise_remove(device),
            "open" => self.open(device),
            "close" => self.close(device),
            "hot-add" => self.hot_add(device),
            _ => Answer::Word("unsupported"),
        })
    }
}

fn lock_world(world: &Mutex<World>) -> std::sync::MutexGuard<'_, World> {
    world.lock().expect("no command panics")
}

fn execute(world: &Mutex<World>, command: &Command) -> Result<Answer, Refused> {
    if command.json.get("op").as_text() == Some("race") {
        race(world, command)
    } else {
        lock_world(world).execute(command)
    }
}

/// Executes two commands concurrently, in two threads. One lock protects the whole world, so either
/// of them may be first.
fn race(world: &Mutex<World>, command: &Command) -> Result<Answer, Refused> {
    let start = Barrier::new(2);
    let run = |side: &str| {
        let contender = Command {
            json: command.json.get(side),
            scope: command.scope,
        };
        start.wait();
        lock_world(world).execute(&contender)
    };
    let (left, right) = std::thread::scope(|threads| {
        let right = threads.spawn(|| run("right"));
        (run("left"), right.join().expect("no command panics"))
    });
    Ok(Answer::Race(Box::new(left?), Box::new(right?)))
}

impl Answer {
    fn to_json(&self) -> Json {
        match self {
            Answer::Value(value) => Json::Number(*value),
            Answer::Word(word) => Json::text(word),
            Answer::Vector(pages) => Json::List(
                pages
                    .iter()
                    .map(|moved| Json::text(if *moved { "moved" } else { "skipped" }))
                    .collect(),
            ),
            Answer::Race(left, right) => {
                Json::object([("left", left.to_json()), ("right", right.to_json())])
            }
        }
    }
}

impl Callback {
    fn to_json(&self) -> Json {
        match self {
            Callback::Fault {
                place,
                frame,
                device,
            } => Json::object([
                ("event", Json::text("fault")),
                ("process", Json::number(place.process)),
                ("page", Json::number(place.page)),
                ("frame", Json::number(*frame)),
                ("device", Json::number(*device)),
            ]),
            Callback::Alloc { frame } => Json::object([
                ("event", Json::text("alloc")),
                ("frame", Json::number(*frame)),
            ]),
            Callback::Free {
                frame,
                references,
                map_count,
            } => Json::object([
                ("event", Json::text("free")),
                ("frame", Json::number(*frame)),
                ("refs", Json::Number(*references)),
                ("maps", Json::Number(*map_count)),
            ]),
        }
    }
}

fn read_scope(json: &Json) -> Result<Scope, Refused> {
    let number = |name: &str| {
        let number = json
            .get(name)
            .as_number()
            .and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| format!("scope.{name} is missing"))
    };
    Ok(Scope {
        processes: number("processes")?,
        pages: number("pages")?,
        frames: number("frames")?,
        slots: number("slots")?,
        devices: number("devices").unwrap_or(1),
    })
}

/// The reason why a request could not be answered, and the number of the command that failed.
struct RequestError {
    step: Option<usize>,
    message: String,
}

impl From<String> for RequestError {
    fn from(message: String) -> RequestError {
        RequestError {
            step: None,
            message,
        }
    }
}

fn run_case(request: &Json, modes: Modes, out: &mut impl Write) -> Result<Json, RequestError> {
    let name = request.get("profile").as_text().unwrap_or_default();
    let profile = PROFILES.iter().find(|profile| profile.name == name);
    let profile = profile.ok_or_else(|| format!("there is no profile {name}"))?;
    let scope = read_scope(request.get("scope"))?;
    let commands = request
        .get("commands")
        .as_list()
        .ok_or_else(|| "commands are missing".to_string())?;
    let world = Mutex::new(World::new(*profile, modes, scope));
    let mut observations = Vec::new();
    for (step, json) in commands.iter().enumerate() {
        let answer = execute(&world, &Command { json, scope }).map_err(|message| RequestError {
            step: Some(step),
            message,
        })?;
        observations.push(observe(
            &mut lock_world(&world),
            &answer,
            snapshot_is_due(request, json),
        ));
        if request.get("progress") == &Json::Bool(true) {
            let line = Json::object([
                ("type", Json::text("progress")),
                ("id", request.get("id").clone()),
                ("step", Json::number(step)),
            ]);
            send(out, &line).map_err(|error| error.to_string())?;
        }
    }
    Ok(Json::object([
        ("type", Json::text("observations")),
        ("id", request.get("id").clone()),
        ("observations", Json::List(observations)),
    ]))
}

fn snapshot_is_due(request: &Json, command: &Json) -> bool {
    match request.get("observe").as_text() {
        Some("every-step") => true,
        Some("inspect") => command.get("op").as_text() == Some("inspect"),
        _ => false,
    }
}

fn observe(world: &mut World, answer: &Answer, with_snapshot: bool) -> Json {
    let events = world
        .callbacks
        .drain(..)
        .map(|callback| callback.to_json())
        .collect();
    let mut members = vec![
        ("result".to_string(), answer.to_json()),
        ("events".to_string(), Json::List(events)),
    ];
    if with_snapshot {
        members.push(("state".to_string(), world.snapshot()));
    }
    Json::Object(members)
}

fn hello(modes: Modes) -> Json {
    let capabilities = CAPABILITIES.iter().copied().chain(modes.capabilities());
    Json::object([
        ("type", Json::text("hello")),
        ("protocol", Json::Number(1)),
        ("name", Json::text("zone_device.rs")),
        ("version", Json::text("1.0")),
        (
            "profiles",
            Json::List(
                PROFILES
                    .iter()
                    .map(|profile| Json::text(profile.name))
                    .collect(),
            ),
        ),
        (
            "capabilities",
            Json::List(capabilities.map(Json::text).collect()),
        ),
    ])
}

fn reply(line: &str, modes: Modes, out: &mut impl Write) -> Json {
    let request = match Json::parse(line) {
        Ok(request) => request,
        Err(message) => return error_reply(Json::Null, message.into()),
    };
    match request.get("type").as_text() {
        Some("hello") => hello(modes),
        Some("case") => run_case(&request, modes, out)
            .unwrap_or_else(|error| error_reply(request.get("id").clone(), error)),
        _ => error_reply(
            Json::Null,
            "a request is a hello or a case".to_string().into(),
        ),
    }
}

fn error_reply(id: Json, error: RequestError) -> Json {
    let mut members = vec![
        ("type".to_string(), Json::text("error")),
        ("id".to_string(), id),
    ];
    if let Some(step) = error.step {
        members.push(("step".to_string(), Json::number(step)));
    }
    members.push(("message".to_string(), Json::text(&error.message)));
    Json::Object(members)
}

fn send(out: &mut impl Write, line: &Json) -> io::Result<()> {
    writeln!(out, "{line}")?;
    out.flush()
}

fn main() -> io::Result<()> {
    let modes = match Modes::from_arguments(std::env::args().skip(1)) {
        Ok(modes) => modes,
        Err(usage) => {
            eprintln!("{usage}");
            std::process::exit(2);
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let answer = reply(&line?, modes, &mut out);
        send(&mut out, &answer)?;
    }
    Ok(())
}
