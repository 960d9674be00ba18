package network_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/locale"
)

// bridge is two members with a hub, whose line north to labour is well.
type bridge struct {
	t                *testing.T
	n                *network.Network
	tap              *fedtest.Tap
	north, labour    *network.Server
	a, b, h          *caller
	speak            *locale.Speaker
	working, offered [2]string // pages of one referral at both ends
}

func build(t *testing.T, db string) *bridge {
	t.Helper()
	x := &bridge{t: t, tap: &fedtest.Tap{}}
	x.n = start(t, network.Options{Dir: t.TempDir(), Database: db, Bare: true, Wrap: x.tap.Record})
	t.Cleanup(func() { stop(t, x.n) })
	x.north, x.labour = x.n.Server("chiangrai"), x.n.Server("samutsakhon")
	x.a, x.b, x.h = call(t, x.north), call(t, x.labour), call(t, x.n.Server("hub"))
	words, err := locale.Load()
	x.speak = value(t, words, err).Speaker(locale.Thai)
	x.working[0], x.working[1] = x.a.offer(x.n, x.labour)
	x.b.must(303, "lawyer", "POST", x.working[1]+"/accept", nil)
	x.offered[0], x.offered[1] = x.a.offer(x.n, x.labour)
	return x
}

// settle has everything sent that can be.
func (x *bridge) settle() { x.t.Helper(); settle(x.t, x.n) }

// says checks that a page has the words of a message key in its main part.
func (x *bridge) says(c *caller, login, path string, keys ...string) {
	x.t.Helper()
	page, _ := c.must(200, login, "GET", path, nil)
	for _, key := range keys {
		if want := x.speak.Say(key); !strings.Contains(main(page), want) {
			x.t.Errorf("%s at %s does not say %q: %s", path, c.s.Key, want, plain(page))
		}
	}
}

// decide is what the secretary does about a member.
func (x *bridge) decide(what string, about *network.Server, more ...string) {
	x.t.Helper()
	x.h.must(303, "secretary", "POST", "/members/"+what, pairs(append([]string{"actor", about.Actor}, more...)...))
	x.settle()
}

// both is what one secretary proposes and another confirms.
func (x *bridge) both(act string, about *network.Server, reason string) {
	x.t.Helper()
	form := pairs("actor", about.Actor, "act", act, "reason", reason)
	x.h.must(303, "secretary", "POST", "/members/propose", form)
	x.h.must(409, "secretary", "POST", "/members/confirm", form)
	x.h.must(303, "secretary2", "POST", "/members/confirm", form)
	x.settle()
}

// states are where both ends of the two referrals stand.
func (x *bridge) states() [4]referral.State {
	x.t.Helper()
	var out [4]referral.State
	for i, p := range [][2]string{x.working, x.offered} {
		r, err := x.north.Node.Sender.Store.Get(x.t.Context(), strings.TrimPrefix(p[0], "/referrals/"))
		out[2*i] = value(x.t, r, err).State
		o, err := x.labour.Node.Receiver.Store.Get(x.t.Context(), strings.TrimPrefix(p[1], "/offers/"))
		out[2*i+1] = value(x.t, o, err).State
	}
	return out
}

// posts are the types of what one member's server was sent by another since a
// point of the record, in its order, the refused ones with their status.
func (x *bridge) posts(since int, from, to *network.Server) []string {
	var out []string
	for _, e := range x.tap.All()[since:] {
		_, body, _ := bytes.Cut(e.Request, []byte("\r\n\r\n"))
		var a struct{ Type, Actor string }
		if e.To == to.Key && strings.HasSuffix(e.Path, "/inbox") && json.Unmarshal(body, &a) == nil && a.Actor == from.Actor {
			out = append(out, a.Type)
		}
	}
	return out
}

// told is the id of the last activity that one server has sent another.
func (x *bridge) told(from, to *network.Server) string {
	id := ""
	for _, e := range x.tap.All() {
		_, body, _ := bytes.Cut(e.Request, []byte("\r\n\r\n"))
		var a struct{ ID, Actor string }
		if e.To == to.Key && strings.HasSuffix(e.Path, "/inbox") && json.Unmarshal(body, &a) == nil && a.Actor == from.Actor {
			id = a.ID
		}
	}
	return id
}

// forge sends an activity with a member's own key, as a server would that does
// not keep the rules.
func (x *bridge) forge(from, to *network.Server, kind, object string) int {
	x.t.Helper()
	raw, err := json.Marshal(map[string]any{"@context": "https://www.w3.org/ns/activitystreams", "id": from.URL + "/ap/act/" + opaque.ID(),
		"type": kind, "actor": from.Actor, "to": to.Actor, "object": object})
	body := value(x.t, raw, err)
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, to.URL+"/inbox", bytes.NewReader(body))
	value(x.t, r, err).Header.Set("Content-Type", federation.MediaType)
	station := from.Node.Station
	if err := station.Key.Sign(r, body, time.Now()); err != nil {
		x.t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	_ = value(x.t, res, err).Body.Close()
	return res.StatusCode
}

func (x *bridge) tick(s *network.Server) {
	x.t.Helper()
	if _, err := s.Node.Sender.Tick(x.t.Context()); err != nil {
		x.t.Fatal(err)
	}
	x.settle()
}

// Nothing goes to a suspended member and nothing is taken from it; everybody's
// pages say so; what was open is open afterwards, and goes on in its order.
func TestSuspension(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := build(t, db)
		peer := pairs("peer", x.labour.Actor)
		x.a.must(303, "admin", "POST", "/peers/pause", pairs("peer", x.labour.Actor, "reason", "their_wish"))
		first, hash := x.a.submit(x.labour)
		x.a.must(303, "supervisor", "POST", first+"/approve", pairs("sha256", hash))
		x.a.must(303, "caseworker", "POST", first+"/withdraw", pairs("reason", "resolved"))
		second, hash := x.a.submit(x.labour)
		x.a.must(303, "supervisor", "POST", second+"/approve", pairs("sha256", hash))
		third, hash := x.a.submit(x.labour) // not approved yet

		before, mark := x.states(), x.tap.Len()
		x.decide("suspend", x.labour, "reason", "breach")
		x.a.must(303, "admin", "POST", "/peers/resume", peer)
		x.settle()
		if sent := x.posts(mark, x.north, x.labour); len(sent) > 0 {
			t.Errorf("sent to it: %v", sent)
		}
		if got := x.posts(mark, x.n.Server("hub"), x.labour); strings.Join(got, " ") != "Update" {
			t.Errorf("the hub has told it %v", got)
		}
		x.says(x.h, "secretary", "/members/one?actor="+url.QueryEscape(x.labour.Actor), "members.state.suspended", "members.event.suspended")
		x.says(x.a, "caseworker", "/network", "network.suspended")
		x.says(x.b, "caseworker", "/network", "network.state.inactive")
		x.says(x.a, "admin", "/peers/one?peer="+url.QueryEscape(x.labour.Actor), "policy.why.suspended")

		// At its own end, whatever would be sent says why it is not, and changes nothing.
		held := everything(t, x.n)
		for path, form := range map[string]url.Values{"/progress": pairs("step", "assistance"), "/hold": nil, "/fail": pairs("reason", "moved")} {
			if status, page, _ := x.b.do("lawyer", "POST", x.working[1]+path, form); status != 403 || !strings.Contains(main(page), x.speak.Say("policy.why.self_suspended")) {
				t.Errorf("%s while suspended: %d %s", path, status, plain(page))
			}
		}
		if status, page, _ := x.b.do("lawyer", "POST", x.offered[1]+"/accept", nil); status != 403 || !strings.Contains(main(page), x.speak.Say("policy.why.self_suspended")) {
			t.Errorf("accepted while suspended: %d %s", status, plain(page))
		}
		if status, page, _ := x.a.do("supervisor", "POST", third+"/approve", pairs("sha256", hash)); status != 409 || !strings.Contains(main(page), x.speak.Say("policy.why.suspended")) {
			t.Errorf("approved to a suspended member: %d %s", status, plain(page))
		}
		for _, kind := range []string{"Offer", "Undo", "Accept", "Update", "Reject", "Read", "Leave", "Note"} {
			if status := x.forge(x.labour, x.north, kind, x.north.Actor); status != 403 && (kind != "Leave" || status != 400) {
				t.Errorf("%s from it is answered %d", kind, status)
			}
		}
		if status := x.forge(x.labour, x.n.Server("hub"), "Join", x.n.Server("hub").Actor); status != 403 {
			t.Errorf("the hub answers its Join with %d", status)
		}
		after := everything(t, x.n)
		if strings.Count(after, " blocked ") != strings.Count(held, " blocked ")+1 || x.states() != before {
			t.Errorf("%v has become %v:\n%s\nbefore:\n%s", before, x.states(), after, held)
		}

		// A withdrawal meanwhile holds here at once, and waits for there.
		x.a.must(303, "caseworker", "POST", x.offered[0]+"/withdraw", pairs("reason", "resolved"))
		x.says(x.a, "caseworker", x.offered[0], "referrals.event.untold")
		x.tick(x.north)
		if s := x.states(); s[2] != referral.StateWithdrawn || s[3] != referral.StateReceived || len(x.posts(mark, x.north, x.labour)) > 0 {
			t.Errorf("withdrawn while suspended: %v", s)
		}

		x.decide("reactivate", x.labour)
		x.tick(x.north)
		if got := strings.Join(x.posts(mark, x.north, x.labour), " "); got != "Offer Undo Offer Undo" {
			t.Errorf("after it is over, it gets %q", got)
		}
		if s := x.states(); s[3] != referral.StateWithdrawn {
			t.Errorf("the withdrawal has not arrived: %v", s)
		}
		for path, want := range map[string]referral.State{first: referral.StateWithdrawn, second: referral.StateReceived} {
			o, err := x.labour.Node.Receiver.Store.Get(t.Context(), offerOf(t, x.north, x.labour, path))
			if value(t, o, err).State != want {
				t.Errorf("%s is %s at the other end, want %s", path, o.State, want)
			}
		}
		x.b.must(303, "lawyer", "POST", x.working[1]+"/progress", pairs("step", "assistance"))
		x.settle()
		if s := x.states(); s[0] != referral.StateInService || s[1] != referral.StateInService {
			t.Errorf("the open one does not go on: %v", s)
		}
		x.says(x.b, "caseworker", "/network", "network.state.active")
		x.says(x.a, "caseworker", x.offered[0], "referrals.event.told")
	})
}

// Who leaves, suspended or not, hears and says nothing any more; what was open
// stays readable at both ends, and a withdrawal reaches it when it is back.
func TestLeaving(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		x := build(t, db)
		before, mark := x.states(), x.tap.Len()
		hub, defenders := x.n.Server("hub"), x.n.Server("defenders")
		x.b.must(303, "network", "POST", "/network/leave", nil)
		x.settle()
		x.says(x.b, "caseworker", "/network", "network.state.left")
		x.says(x.h, "secretary", "/members/one?actor="+url.QueryEscape(x.labour.Actor), "members.state.left")
		if page, _ := x.a.must(200, "caseworker", "GET", "/network", nil); strings.Contains(main(page), x.labour.Name) {
			t.Error("it is still among the members")
		}
		if page, _ := x.b.must(200, "caseworker", "GET", "/network", nil); strings.Contains(main(page), x.north.Name) {
			t.Error("the others are still members to it")
		}
		for path, form := range map[string]url.Values{"/progress": pairs("step", "assistance"), "/hold": pairs("hold_until.day", "1", "hold_until.month", "2", "hold_until.year", "2570")} {
			if status, page, _ := x.b.do("lawyer", "POST", x.working[1]+path, form); status != 403 || !strings.Contains(main(page), x.speak.Say("policy.why.left")) {
				t.Errorf("%s after leaving: %d %s", path, status, plain(page))
			}
		}
		for _, to := range [][2]*caller{{x.a, x.b}, {x.b, x.a}} {
			if status, _, _ := to[0].do("caseworker", "POST", "/cases/"+newFile(t, to[0].s).ID+"/refer", draftTo(to[1].s)); status != 422 {
				t.Errorf("%s refers to %s: %d", to[0].s.Key, to[1].s.Key, status)
			}
			for _, kind := range []string{"Offer", "Accept", "Update", "Reject", "Read", "Leave"} {
				if status := x.forge(to[0].s, to[1].s, kind, to[1].s.Actor); status != 403 {
					t.Errorf("%s from %s is answered %d", kind, to[0].s.Key, status)
				}
			}
		}
		if x.states() != before {
			t.Errorf("%v has become %v", before, x.states())
		}
		x.a.must(200, "caseworker", "GET", x.working[0], nil)
		x.b.must(200, "lawyer", "GET", x.working[1], nil)
		x.a.must(303, "caseworker", "POST", x.offered[0]+"/withdraw", pairs("reason", "resolved"))
		x.tick(x.north)
		x.decide("describe", x.north, "capacity", "full") // a new list, which is not for it
		x.says(x.b, "caseworker", "/network", "network.state.left")

		// Nobody is kept in: who is suspended may leave.
		x.decide("suspend", defenders, "reason", "breach")
		call(t, defenders).must(303, "network", "POST", "/network/leave", nil)
		x.settle()
		x.says(x.h, "secretary", "/members/one?actor="+url.QueryEscape(defenders.Actor), "members.state.left")

		// Back again.
		secretary, err := hub.As(t.Context(), "secretary")
		if err := hub.Hub.Membership.Invite(t.Context(), value(t, secretary, err), x.labour.Actor); err != nil {
			t.Fatal(err)
		}
		contact, err := x.labour.As(t.Context(), "network")
		if err := x.labour.Node.Network.Join(t.Context(), value(t, contact, err), hub.Actor); err != nil {
			t.Fatal(err)
		}
		x.settle()
		if sent := x.posts(mark, x.north, x.labour); len(sent) != 6 { // the forged ones
			t.Errorf("sent to who had left: %v", sent)
		}
		x.both("admit", x.labour, "")
		x.tick(x.north)
		x.b.must(303, "lawyer", "POST", x.working[1]+"/progress", pairs("step", "assistance"))
		x.settle()
		if s := x.states(); s != [4]referral.State{referral.StateInService, referral.StateInService, referral.StateWithdrawn, referral.StateWithdrawn} {
			t.Errorf("back again: %v", s)
		}

		// Sent away.
		told := x.told(hub, x.north)
		if _, err := x.north.Node.Station.Worker.Fetch(t.Context(), told); err != nil {
			t.Errorf("what the hub has told a member: %v", err)
		}
		x.both("expel", x.north, "breach")
		if _, err := x.north.Node.Station.Worker.Fetch(t.Context(), told); err == nil || fault.As(err).Key != "delivery.error.gone" {
			t.Errorf("who was expelled reads what it was told: %v", err)
		}
		if code := x.forge(x.north, hub, "Invite", x.north.Actor); code != 403 {
			t.Errorf("who was expelled speaks at the hub: %d", code)
		}
		x.says(x.a, "caseworker", "/network", "network.state.ended")
		if status, _, _ := x.a.do("caseworker", "POST", "/cases/"+newFile(t, x.north).ID+"/refer", draftTo(x.labour)); status != 422 {
			t.Errorf("who was expelled refers: %d", status)
		}
		if status, page, _ := x.a.do("supervisor", "GET", x.working[0], nil); status != 200 || !strings.Contains(main(page), x.speak.Say("referrals.state.in_service")) {
			t.Errorf("what it had sent: %d %s", status, plain(page))
		}

		// What is open between them waits for nobody: both are told, and end it by themselves.
		for _, end := range []struct {
			c                            *caller
			who, page, key, gone, ending string
			form                         url.Values
		}{
			{x.a, "caseworker", x.working[0], "referrals.next.gone", x.labour.Name, "/withdraw", pairs("reason", "resolved")},
			{x.b, "lawyer", x.working[1], "referrals.next.gone_us", x.north.Name, "/complete", pairs("outcomes", "advice_given", "month", time.Now().Format("2006-01"))},
		} {
			told := x.speak.Say(end.key, "peer", end.gone)
			for _, path := range []string{"/", end.page} {
				if page, _ := end.c.must(200, end.who, "GET", path, nil); !strings.Contains(blanks.ReplaceAllString(tags.ReplaceAllString(main(page), " "), " "), told) {
					t.Errorf("%s at %s does not say %q: %s", path, end.c.s.Key, told, plain(page))
				}
			}
			end.c.must(303, end.who, "POST", end.page+end.ending, end.form)
		}
		x.settle()
		if s := x.states(); s[0] != referral.StateWithdrawn || s[1] != referral.StateCompleted {
			t.Errorf("ended at both ends: %v", s)
		}
	})
}
