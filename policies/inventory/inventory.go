// Package inventory is the register of every place that holds data: each column
// of both servers' tables and each field of the domain's and the wire's structs,
// with its class, what it is, how long it is kept and in which activity. Tests
// compare it with the tables and the structs as they are, both ways. The record of
// processing (section 39 of the data protection act) and INVENTORY.md are made
// from it. The gate does not read it: what a place may become outside is in
// package policies, and must not contradict what is written here.
package inventory

import (
	_ "embed" // the register
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/saphan-network/saphan/policies"
)

var (
	//go:embed inventory.csv
	places string
	//go:embed activities.csv
	activities string
	//go:embed retention.csv
	retention string
)

// Item is one place that holds data.
type Item struct {
	Place     string // table.column, or package.Struct.Field
	Entity    string // what it belongs to: case, person, consent …
	Class     policies.Class
	Kind      string // what it tells: name, birth, place …
	S26       bool   // may hold sensitive data in the sense of section 26
	Quasi     bool   // helps to single a person out together with others
	Sealed    bool   // encrypted with the case's own key inside the database
	Token     bool   // a keyed token, from which the value cannot be computed
	Retention string // class of Keepings
	Release   string // furthest place: never, stage2, stage1, network, public
	Path      string // of the gate's registry, "" where nothing of it can leave
}

// Activity is something that an organisation does with personal data.
type Activity struct {
	Name     string
	Entities []string
	Subjects []string // whose data it is
	Bases    []string // legal_basis: one of them is chosen for each case
	Inside   []string // who inside sees it
	Outside  []string // who outside is told; empty: nobody
}

// Keeping is how long data of a retention class is kept.
type Keeping struct {
	Name  string
	Years int    // after From; 0 where it is not a number of years
	From  string // from when, or until when
	Ends  string // itself, hand (somebody must do it), never
}

type book struct {
	items      []Item
	at         map[string]int
	activities []Activity
	keepings   []Keeping
}

var load = sync.OnceValues(func() (book, error) { return parse(places, activities, retention) })

// Items lists every place, in the order of the file.
func Items() ([]Item, error) {
	b, err := load()
	return slices.Clone(b.items), err
}

// Of returns the entry of a place; one that is not there is class A and never leaves.
func Of(place string) Item {
	if b, err := load(); err == nil {
		if i, ok := b.at[place]; ok {
			return b.items[i]
		}
	}
	return Item{Place: place, Class: policies.ClassA, Release: "never"}
}

// Activities lists what is done with personal data.
func Activities() ([]Activity, error) {
	b, err := load()
	return slices.Clone(b.activities), err
}

// Keepings lists the retention classes.
func Keepings() ([]Keeping, error) {
	b, err := load()
	return slices.Clone(b.keepings), err
}

var releases = map[policies.Class]string{policies.ClassA: "never", policies.ClassB: "stage2", policies.ClassC: "stage1", policies.ClassD: "stage1", policies.ClassE: "network"}

func parse(places, activities, retention string) (book, error) {
	b := book{at: map[string]int{}}
	var bad []error
	wrong := func(format string, args ...any) { bad = append(bad, fmt.Errorf("inventory: "+format, args...)) }
	rows, err := table(retention, 4)
	bad = append(bad, err)
	for _, r := range rows {
		years, err := strconv.Atoi(r[1])
		if err != nil || years < 0 || !slices.Contains([]string{"itself", "hand", "never"}, r[3]) || b.keeping(r[0]) {
			wrong("retention %q", r[0])
		}
		b.keepings = append(b.keepings, Keeping{r[0], years, r[2], r[3]})
	}
	rows, err = table(activities, 6)
	bad = append(bad, err)
	owner := map[string]string{}
	for _, r := range rows {
		a := Activity{r[0], strings.Fields(r[1]), strings.Fields(r[2]), strings.Fields(r[3]), strings.Fields(r[4]), strings.Fields(r[5])}
		for _, e := range a.Entities {
			if owner[e] != "" {
				wrong("%s is in %s and in %s", e, owner[e], a.Name)
			}
			owner[e] = a.Name
		}
		b.activities = append(b.activities, a)
	}
	rows, err = table(places, 8)
	bad = append(bad, err)
	for _, r := range rows {
		i := Item{Place: r[0], Entity: r[1], Class: policies.Class(r[2]), Kind: r[3], Retention: r[5], Release: r[6], Path: r[7]}
		for _, f := range strings.Fields(r[4]) {
			on := map[string]*bool{"s26": &i.S26, "quasi": &i.Quasi, "sealed": &i.Sealed, "token": &i.Token}[f]
			if on == nil {
				wrong("%s: flag %q", i.Place, f)
				continue
			}
			*on = true
		}
		if _, twice := b.at[i.Place]; twice || owner[i.Entity] == "" || i.Kind == "" || !b.keeping(i.Retention) || releases[i.Class] == "" || releases[i.Class] != i.Release {
			wrong("%s: it is there twice, or its entity, class, retention or release is wrong", i.Place)
		}
		b.at[i.Place] = len(b.items)
		b.items = append(b.items, i)
	}
	return b, errors.Join(bad...)
}

func (b book) keeping(name string) bool {
	return slices.ContainsFunc(b.keepings, func(k Keeping) bool { return k.Name == name })
}

func table(text string, fields int) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comment, r.FieldsPerRecord, r.ReuseRecord = '#', fields, false
	return r.ReadAll()
}
