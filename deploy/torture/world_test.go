package torture_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/web/locale"
)

// world is the three machines, the people at them, and the dice.
type world struct {
	t                  *testing.T
	hub, north, labour *machine
	people             map[string]*person // by "machine/login"
	dice               *rand.Rand
	words              func(key string, args ...any) string
	cruel              bool // kill while a request is on its way, rather than between two
	turn               int  // whose turn it is to die between two steps
	killed, repeated   int
	offers             map[string]bool // offers that labour has been seen to have
}

// seed is the one of SAPHAN_TEST_SEED, or a new one; it is printed.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	if v := os.Getenv("SAPHAN_TEST_SEED"); v != "" {
		var err error
		if n, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("SAPHAN_TEST_SEED=%d", n)
	return n
}

// eachDatabase runs f with a function that names the database of each machine:
// "" for SQLite in its folder, or a schema each of one PostgreSQL database.
func eachDatabase(t *testing.T, f func(t *testing.T, db func(name string) string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, func(string) string { return "" }) })
	t.Run("postgres", func(t *testing.T) {
		base := os.Getenv("SAPHAN_TEST_POSTGRES")
		if base == "" {
			if os.Getenv("SAPHAN_TEST_POSTGRES_REQUIRED") != "" {
				t.Fatal("SAPHAN_TEST_POSTGRES is not set")
			}
			t.Skip("SAPHAN_TEST_POSTGRES is not set: go run ./deploy/check starts a server and sets it")
		}
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		own := "torture_" + opaque.ID()
		sql(t, base, "CREATE DATABASE "+own)
		t.Cleanup(func() { sql(t, base, "DROP DATABASE "+own+" WITH (FORCE)") })
		u.Path = "/" + own
		f(t, func(name string) string {
			mine := *u
			mine.RawQuery = url.Values{"search_path": {name}}.Encode()
			return mine.String()
		})
	})
}

func sql(t *testing.T, at, what string) {
	t.Helper()
	db, err := database.Open(context.Background(), database.Config{URL: at})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Conn(context.Background()).Exec(what).Error; err != nil {
		t.Fatal(err)
	}
}

// newWorld sets three machines up in empty folders, and their people.
func newWorld(t *testing.T, hub, node string, db func(name string) string) *world {
	t.Helper()
	n := seed(t)
	at := freePorts(t, 6)
	w := &world{t: t, people: map[string]*person{}, dice: rand.New(rand.NewPCG(n, 7)), offers: map[string]bool{}, //nolint:gosec // dice, not secrets
		hub:    newMachine(t, "hub", hub, at[0], at[1], db("hub")),
		north:  newMachine(t, "north", node, at[2], at[3], db("north")),
		labour: newMachine(t, "labour", node, at[4], at[5], db("labour"))}
	all, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	w.words = all.Speaker(locale.Thai).Say
	for _, m := range w.machines() {
		var made struct{ Link string }
		m.ask(&made, 0, "init", "--base-url", m.base)
		m.start()
		w.welcome(m, "admin", made.Link)
	}
	for _, login := range []string{"secretary", "secretary2", "auditor"} {
		w.hire(w.hub, login)
	}
	for _, m := range []*machine{w.north, w.labour} {
		for _, login := range []string{"network", "caseworker", "lawyer", "supervisor", "auditor"} {
			w.hire(m, login)
		}
	}
	return w
}

func (w *world) machines() []*machine { return []*machine{w.hub, w.north, w.labour} }

// hire makes an account with the command and redeems its link. The login is the role, with
// a 2 behind it for the second of a kind.
func (w *world) hire(m *machine, login string) {
	w.t.Helper()
	var made struct{ Link string }
	m.ask(&made, 0, "user", "add", login, "--name", "คนทำงาน "+login, "--role", strings.TrimRight(login, "2"))
	w.welcome(m, login, made.Link)
}

func (w *world) welcome(m *machine, login, link string) {
	w.t.Helper()
	p := newPerson(w.t, m, login)
	p.redeem(link)
	w.people[m.name+"/"+login] = p
}

func (w *world) as(m *machine, login string) *person {
	w.t.Helper()
	p := w.people[m.name+"/"+login]
	if p == nil {
		w.t.Fatalf("nobody is %s at %s", login, m.name)
	}
	return p
}

// step is one thing that a person does on a page.
type step struct {
	name string
	who  *person
	// path and form are what is sent; they are read from pages anew for each try.
	send func() (path string, form url.Values)
	done func() bool // by a page
	all  bool        // the machine speaks with another one before it answers
}

// do plays a step. Between two steps, or in the middle of this one, processes die.
func (w *world) do(s step) {
	w.t.Helper()
	if w.cruel {
		w.doCruelly(s)
		return
	}
	dead := w.strike()
	wait := !s.all && !has(dead, s.who.at) && w.dice.IntN(2) == 0 // they stay dead while the step is done
	if !wait {
		w.revive()
	}
	w.once(s)
	w.revive()
	if !s.done() {
		w.t.Fatalf("%s: acknowledged, and not done", s.name)
	}
}

func (w *world) once(s step) {
	w.t.Helper()
	path, form := s.send()
	if code, body := s.who.post(path, form); code != http.StatusSeeOther {
		if code >= http.StatusInternalServerError {
			w.t.Log(s.who.at.said.tail())
		}
		w.t.Fatalf("%s: %s answers %d: %q %q", s.name, shape(path), code, badge(body), wrong(body))
	}
}

// doCruelly kills the machine while it does the step, as often as the dice say,
// and looks afterwards whether it was done.
func (w *world) doCruelly(s step) {
	w.t.Helper()
	for try := 0; ; try++ {
		path, form := s.send()
		if try > 2 || try > 0 && w.dice.IntN(2) == 0 {
			w.once(s)
			if !s.done() {
				w.t.Fatalf("%s: acknowledged, and not done", s.name)
			}
			return
		}
		when, after := someMoment(w.dice)
		code := s.who.postAndDie(path, form, when, after)
		w.killed++
		s.who.at.start()
		done := s.done()
		w.t.Logf("%-16s killed %-10s %8s: %d, done %v", s.name, when, after, code, done)
		switch {
		case code == http.StatusSeeOther && !done:
			w.t.Fatalf("%s: acknowledged and lost (killed %s, %s)", s.name, when, after)
		case code != 0 && code != http.StatusSeeOther:
			w.t.Fatalf("%s: %s answers %d (killed %s, %s)", s.name, shape(path), code, when, after)
		case done:
			w.ambush(s.who.at)
			return
		}
		w.repeated++
	}
}

// ambush kills, now and then, another machine just when it is to hear of what was done.
func (w *world) ambush(from *machine) {
	w.t.Helper()
	all := w.machines()
	m, after := all[w.dice.IntN(len(all))], time.Duration(w.dice.IntN(12_000))*time.Microsecond
	if m == from {
		return
	}
	timer := time.NewTimer(after) // the fault's own moment, as in postAndDie
	<-timer.C
	m.kill()
	w.killed++
	m.start()
}

// strike kills whose turn it is: one after another, then both members at once.
func (w *world) strike() []*machine {
	turns := [][]*machine{{w.north}, {w.labour}, {w.hub}, {w.north, w.labour}}
	dead := turns[w.turn%len(turns)]
	w.turn++
	for _, m := range dead {
		m.kill()
		w.killed++
	}
	return dead
}

func has(all []*machine, m *machine) bool {
	for _, x := range all {
		if x == m {
			return true
		}
	}
	return false
}

func (w *world) revive() {
	w.t.Helper()
	for _, m := range w.machines() {
		m.start()
	}
}

// until asks again and again until f says yes. Now and then the people who look
// after the network press "go on now" for every line, so that no back-off of
// minutes is waited out.
func (w *world) until(what string, f func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	again := time.NewTicker(25 * time.Millisecond) // leaves the processors to the servers
	defer again.Stop()
	for n := 1; !f(); n++ {
		select {
		case <-ctx.Done():
			for _, m := range w.machines() {
				w.t.Logf("%s: %s\n%s", m.name, m.order(0, "fed", "queue"), m.said.tail())
			}
			w.t.Fatalf("never: %s", what)
		case <-again.C:
		}
		if n%30 == 0 {
			w.hurry()
		}
	}
}

// hurry ends the back-off of every line, as people do on the page of the lines.
func (w *world) hurry() {
	w.t.Helper()
	for _, m := range w.machines() {
		login := "network"
		if m == w.hub {
			login = "secretary"
		}
		for _, other := range w.machines() {
			if other == m {
				continue
			}
			if code, _ := w.as(m, login).post("/peers/resume", url.Values{"peer": {other.actor}}); code != http.StatusSeeOther && code != http.StatusNotFound {
				w.t.Fatalf("%s cannot resume the line from %s to %s: %d", login, m.name, other.name, code)
			}
		}
	}
}
