// A skeleton of an adapter for zone-device-conformance. MIT; standard library only; copy it and change it.
//
// It answers hello, executes the core on a table in memory, and answers every other command with "unsupported". Replace
// the body of execute by calls of your implementation, and declare each capability that you add.
//
//	go build -o adapter adapter.go
//	npx zone-device-conformance doctor --target "stdio:./adapter"
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

type hello struct {
	Type         string   `json:"type"`
	Protocol     int      `json:"protocol"`
	Name         string   `json:"name"`
	Profiles     []string `json:"profiles"`
	Capabilities []string `json:"capabilities"`
}

type command struct {
	Op         string `json:"op"`
	Process    int    `json:"process"`
	Page       int    `json:"page"`
	Count      int    `json:"count"`
	Value      int    `json:"value"`
	Kind       string `json:"kind"`
	Protection string `json:"protection"`
}

type request struct {
	Type     string         `json:"type"`
	ID       int            `json:"id"`
	Scope    map[string]int `json:"scope"`
	Commands []command      `json:"commands"`
}

type observation struct {
	Result any `json:"result"`
}

type reply struct {
	Type         string        `json:"type"`
	ID           int           `json:"id"`
	Observations []observation `json:"observations"`
}

type place struct{ process, page int }

type cell struct {
	value      int
	protection string
	onDevice   bool
}

// world is the world of one case: process 0 is alive, no page is mapped, the device is empty.
type world struct {
	pages      map[place]*cell
	freeFrames int
}

func (w *world) move(at place, toDevice bool) string {
	c := w.pages[at]
	if c == nil || c.onDevice == toDevice || (toDevice && w.freeFrames == 0) {
		return "skipped"
	}
	c.onDevice = toDevice
	if toDevice {
		w.freeFrames--
	} else {
		w.freeFrames++
	}
	return "moved"
}

func (w *world) unmap(at place) {
	w.move(at, false)
	delete(w.pages, at)
}

func (w *world) execute(c command) any {
	at := place{c.Process, c.Page}
	page := w.pages[at]
	switch c.Op {
	case "spawn", "inspect":
		return "ok"
	case "exit":
		for one := range w.pages {
			if one.process == c.Process {
				w.unmap(one)
			}
		}
		return "ok"
	case "map":
		if c.Kind != "private" {
			return "unsupported"
		}
		w.pages[at] = &cell{protection: c.Protection}
		return "ok"
	case "unmap":
		w.unmap(at)
		return "ok"
	case "load":
		if page == nil || page.protection == "none" {
			return "SIGSEGV"
		}
		w.move(at, false) // page_fault: a page on the device migrates back.
		return page.value
	case "store":
		if page == nil || page.protection != "write" {
			return "SIGSEGV"
		}
		w.move(at, false)
		page.value = c.Value
		return "ok"
	case "migrate-to-device", "migrate-to-system":
		results := []string{}
		for i := 0; i < c.Count; i++ {
			results = append(results, w.move(place{c.Process, c.Page + i}, c.Op == "migrate-to-device"))
		}
		return results
	default:
		return "unsupported"
	}
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked request
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		if asked.Type == "hello" {
			// Add "fork" once fork works, and so on.
			out.Encode(hello{"hello", 1, "my-memory", []string{"linux-6.12"}, []string{}})
			continue
		}
		w := &world{map[place]*cell{}, asked.Scope["frames"]}
		observations := []observation{}
		for _, c := range asked.Commands {
			observations = append(observations, observation{w.execute(c)})
		}
		out.Encode(reply{"observations", asked.ID, observations})
	}
}
