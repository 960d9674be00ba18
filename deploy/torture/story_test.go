package torture_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// join makes a node a member as people do: the secretary invites, the node's
// contact joins, the secretary accepts and describes.
func (w *world) join(m *machine) {
	w.t.Helper()
	secretary, contact := w.as(w.hub, "secretary"), w.as(m, "network")
	page := "/members/one?actor=" + url.QueryEscape(m.actor)
	stands := func(path string, who *person, keys ...string) func() bool {
		return func() bool {
			code, body := who.look(path)
			return code == 200 && slices.ContainsFunc(keys, func(k string) bool { return badge(body) == w.words(k) })
		}
	}
	shown := func(who *person, path string, other *person) func() (string, url.Values) {
		return func() (string, url.Values) {
			code, body := who.post(path, url.Values{"address": {other.at.base}})
			if code != 200 || hidden(body, "print") == "" {
				w.t.Fatalf("%s shows no card: %d", path, code)
			}
			if own := hidden(body, "print"); !strings.Contains(other.get("/peers"), `<code class="print">`+own+`</code>`) { // the telephone call
				w.t.Fatalf("%s at %s reads another fingerprint than %s", other.login, other.at.name, path)
			}
			return path + "/confirm", url.Values{"actor": {hidden(body, "actor")}, "print": {hidden(body, "print")}}
		}
	}
	w.do(step{name: "invite " + m.name, who: secretary, all: true, send: shown(secretary, "/members/invite", contact),
		done: stands(page, secretary, "members.state.invited", "members.state.applied")})
	w.do(step{name: m.name + " joins", who: contact, all: true, send: shown(contact, "/network/join", secretary),
		done: stands("/network", contact, "network.state.asked", "network.state.active")})
	w.until(m.name+" has applied", stands(page, secretary, "members.state.applied"))
	full := url.Values{"actor": {m.actor}, "act": {"admit"}}
	second := w.as(w.hub, "secretary2")
	w.do(step{name: "propose " + m.name, who: secretary, done: func() bool {
		return strings.Contains(secretary.get(page), w.words("second.title.admit")) || stands(page, secretary, "members.state.active")()
	},
		send: func() (string, url.Values) { return "/members/propose", full }})
	w.do(step{name: "accept " + m.name, who: second, done: stands(page, second, "members.state.active"),
		send: func() (string, url.Values) { return "/members/confirm", full }})
	w.do(step{name: "describe " + m.name, who: secretary,
		send: func() (string, url.Values) {
			return "/members/describe", url.Values{"actor": {m.actor}, "services": {"legal_advice", "interpretation"}, "regions": {"north", "central"},
				"languages": {"th", "my"}, "capacity": {"open"}}
		},
		done: func() bool { return strings.Contains(secretary.get(page), `value="interpretation" checked`) }})
	w.until(m.name+" is a member", stands("/network", contact, "network.state.active"))
}

// acquainted waits until each member's server lists the other one.
func (w *world) acquainted() {
	w.t.Helper()
	for m, other := range map[*machine]*machine{w.north: w.labour, w.labour: w.north} {
		w.until(m.name+" lists "+other.name, func() bool {
			_, list, _ := strings.Cut(w.as(m, "network").get("/network"), "<tbody>")
			return strings.Contains(list, organisation(other.name)) && !strings.Contains(list, `class="none"`) // and what it offers
		})
	}
}

// referral is one referral from north to labour, by its pages at the two ends.
type referral struct{ file, sent, offer string }

var option = regexp.MustCompile(`<option value="([0-9a-f]{32})"[^>]*>([^<]*)</option>`)

// open takes a case from the register to a consent.
func (w *world) open(file string) {
	w.t.Helper()
	boss, worker := w.as(w.north, "supervisor"), w.as(w.north, "caseworker")
	shows := func(words ...string) func() bool {
		return func() bool {
			code, body := worker.look(file)
			return code == 200 && !slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(body, s) })
		}
	}
	w.do(step{name: "assign", who: boss, done: shows(), send: func() (string, url.Values) {
		for _, o := range option.FindAllStringSubmatch(boss.get(file), -1) {
			if strings.Contains(o[2], "caseworker") {
				return file + "/assign", url.Values{"user": {o[1]}}
			}
		}
		w.t.Fatal("the case cannot be given to the caseworker")
		return "", nil
	}})
	now := func(path string, form url.Values) func() (string, url.Values) {
		return func() (string, url.Values) {
			form.Set("version", hidden(worker.get(file), "version"))
			return file + path, form
		}
	}
	w.do(step{name: "screening", who: worker, send: now("/move", url.Values{"to": {"screening"}}), done: shows(file + "/screen")})
	w.do(step{name: "open", who: worker, send: now("/screen", url.Values{"basis": {"explicit_consent"}, "conflict": {"clear"}, "then": {"open"}}), done: shows(file+"/consents/new", `value="on_hold"`)})
	w.do(step{name: "consent", who: worker, done: shows(`class="consent stack"`), send: func() (string, url.Values) {
		day := time.Now().In(time.FixedZone("ICT", 7*60*60))
		return file + "/consents", url.Values{"purpose": {"legal_help"}, "recipient": {"network"}, "basis": {"explicit_consent"}, "special": {"yes"},
			"medium": {"paper"}, "language": {"th"}, "text_version": {hidden(worker.get(file+"/consents/new"), "text_version")},
			"guardian": {"ผู้ปกครองสาธิต"}, "assent": {"yes"}, "given_on.day": {day.Format("2")}, "given_on.month": {day.Format("1")},
			"given_on.year": {day.AddDate(543, 0, 0).Format("2006")}}
	}})
}

// send takes a referral from the draft to the second person's yes.
func (w *world) send(file string) *referral {
	w.t.Helper()
	boss, worker := w.as(w.north, "supervisor"), w.as(w.north, "caseworker")
	r := &referral{file: file}
	w.do(step{name: "draft", who: worker,
		send: func() (string, url.Values) {
			return file + "/refer", url.Values{"needs": {"interpretation"}, "kind": {"service"}, "urgency": {"normal"}, "purpose": {"legal_help"},
				"target": {w.labour.actor}, "do": {"save"}}
		},
		done: func() bool {
			if l := links(worker.get(file), "/referrals/"); len(l) == 1 {
				r.sent = l[0]
			} else if len(l) > 1 {
				w.t.Fatalf("%d drafts", len(l))
			}
			return r.sent != ""
		}})
	w.do(step{name: "submit", who: worker, send: func() (string, url.Values) { return r.sent + "/submit", url.Values{} },
		done: func() bool { return w.sent(r, "awaiting_approval") }})
	w.do(step{name: "approve", who: boss,
		send: func() (string, url.Values) {
			return r.sent + "/approve", url.Values{"sha256": {hidden(boss.get(r.sent), "sha256")}}
		},
		done: func() bool { return w.sent(r, "offered", "delivered") }})
	return r
}

// sent reports whether the sender's end is in one of the states.
func (w *world) sent(r *referral, states ...string) bool {
	w.t.Helper()
	return w.in(w.as(w.north, "caseworker").get(r.sent), "referrals.state.", states)
}

// taken reports whether the receiver's end is in one of the states.
func (w *world) taken(r *referral, states ...string) bool {
	w.t.Helper()
	return w.in(w.as(w.labour, "lawyer").get(r.offer), "offers.state.", states)
}

func (w *world) in(page, area string, states []string) bool {
	return slices.ContainsFunc(states, func(s string) bool { return badge(page) == w.words(area+s) })
}

// arrives waits until the other end shows an offer that was not there before.
func (w *world) arrives(r *referral) {
	w.t.Helper()
	helper := w.as(w.labour, "lawyer")
	w.until("the offer arrives", func() bool {
		for _, path := range []string{"/offers", "/offers?over=1"} {
			for _, l := range links(helper.get(path), "/offers/") {
				if !w.offers[l] {
					w.offers[l] = true
					r.offer = l
					return true
				}
			}
		}
		return false
	})
}

// serve plays the receiving end and closes the loop.
func (w *world) serve(r *referral) {
	w.t.Helper()
	helper, worker := w.as(w.labour, "lawyer"), w.as(w.north, "caseworker")
	w.arrives(r)
	w.until("north hears that it has arrived", func() bool { return w.sent(r, "delivered") })
	for _, s := range []struct {
		path  string
		form  url.Values
		state string
	}{
		{"/accept", url.Values{}, "accepted"},
		{"/progress", url.Values{"step": {"assistance"}}, "in_service"},
		{"/complete", url.Values{"outcomes": {"advice_given"}, "month": {time.Now().Format("2006-01")}}, "completed"},
	} {
		w.do(step{name: s.path, who: helper, send: func() (string, url.Values) { return r.offer + s.path, s.form },
			done: func() bool { return w.taken(r, s.state) }})
		w.until("north hears of "+s.state, func() bool { return w.sent(r, s.state) })
	}
	w.do(step{name: "close", who: worker, send: func() (string, url.Values) { return r.sent + "/close", url.Values{"confirmed": {"yes"}} },
		done: func() bool { return w.sent(r, "closed_confirmed") }})
	w.until("labour hears that it is closed", func() bool { return w.taken(r, "closed") })
}

// withdraw takes a referral back at once, whether it has arrived or not.
func (w *world) withdraw(r *referral) {
	w.t.Helper()
	worker := w.as(w.north, "caseworker")
	w.do(step{name: "withdraw", who: worker, send: func() (string, url.Values) {
		return r.sent + "/withdraw", url.Values{"reason": {"no_longer_needed"}}
	}, done: func() bool { return w.sent(r, "withdrawn") }})
	w.arrives(r)
	w.until("labour hears of the withdrawal", func() bool { return w.taken(r, "withdrawn") })
}
