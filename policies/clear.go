package policies

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/sealed"
	"github.com/saphan-network/saphan/policies/disclose"
)

// Clear walks the serialised activity and refuses it unless every leaf is a
// value that d released for that very place, or structural. The clearance is
// bound to these bytes and to d.Peer, for one use.
func (g *Gate) Clear(ctx context.Context, d Decision, body []byte) (Clearance, error) {
	return g.clear(ctx, d, body, nil)
}

// ClearSealed is Clear for what carries a sealed package: with the key of its content
// it is read back, and must be to the byte what d released.
func (g *Gate) ClearSealed(ctx context.Context, d Decision, body []byte, look sealed.Look) (Clearance, error) {
	return g.clear(ctx, d, body, &look)
}

func (g *Gate) clear(ctx context.Context, d Decision, body []byte, look *sealed.Look) (Clearance, error) {
	s, why := g.current(ctx)
	if s == nil {
		return Clearance{}, fault.New(fault.Denied, why)
	}
	if !d.Allowed || len(d.Seal) == 0 || !g.bears("decision", d.sealed(), d.Seal) {
		return Clearance{}, fault.New(fault.Denied, "policy.clear.decision")
	}
	if d.Policy != s.hash {
		return Clearance{}, fault.New(fault.Denied, "policy.clear.policy_changed")
	}
	sub, why, err := g.subjectOf(ctx, d.Peer, d.Purpose)
	if err != nil || why != "" {
		return Clearance{}, denied(why, err)
	}
	kind, err := g.walk(d, body)
	if err == nil && (kind == "sealed") != (look != nil) {
		err = fault.New(fault.Denied, "policy.clear.sealed").With("why", "unread")
	}
	if err == nil && kind == "application" && !slices.Contains(sub.roles, roleSecretariat) {
		err = stray("to", true) // who asks to join asks the hub
	}
	if err == nil && look != nil {
		err = checkSealed(d, body, *look)
	}
	if err != nil {
		return Clearance{}, err
	}
	p := promiseOf(d)
	if err := p.stands(s, sub); err != nil {
		return Clearance{}, err
	}
	r, err := g.receipt(d, p, body)
	if err != nil {
		return Clearance{}, err
	}
	if err := g.ledger.Cleared(ctx, r); err != nil {
		return Clearance{}, fault.Wrap(fault.Unavailable, "policy.why.failed", err)
	}
	return newClearance(body, r), nil
}

func denied(why string, err error) error {
	if errors.Is(err, ErrDiffer) {
		return fault.Wrap(fault.Denied, whyDiffer, err)
	}
	if err != nil {
		return fault.Wrap(fault.Denied, "policy.why.failed", err)
	}
	return fault.New(fault.Denied, why)
}

// stray is the refusal of a leaf. It names the place, never the value: a place
// that the table does not know may itself be telling, so it is not named.
func stray(place string, known bool) error {
	if !known {
		place = "?"
	}
	return fault.New(fault.Denied, "policy.clear.stray").With("place", place)
}

// walk compares every leaf of the body with the table of places, and says what kind
// of thing it embeds.
func (g *Gate) walk(d Decision, body []byte) (kind string, err error) {
	leaves, err := leavesOf(body)
	if err != nil {
		return "", fault.New(fault.Denied, "policy.clear.json") // the cause might quote the body
	}
	activity, kind := shape(leaves)
	return kind, g.walkAll(d, leaves, activity, kind)
}

func (g *Gate) walkAll(d Decision, leaves []leaf, activity, kind string) error {
	if !slices.Contains(purposesOf(activity, kind), d.Purpose) {
		return fault.New(fault.Denied, "policy.clear.purpose")
	}
	table, seen := places(kind), map[string]int{}
	values := map[string][]string{}
	rest := leaves[:0:0]
	for _, l := range leaves {
		if in, is := contextOf(kind, l); is {
			if !contextual(in) {
				return stray("@context", true)
			}
			continue
		}
		if kind == "referral" && strings.HasPrefix(l.place, "object/phrases") {
			rest = append(rest, l)
			continue
		}
		p, known := table[l.place]
		if !known {
			return stray("", false)
		}
		seen[l.place]++
		if p.field == "" {
			if !g.structural(p.is, l, d) || (single(p.is) && seen[l.place] > 1 && !entry(kind, l.place)) {
				return stray(l.place, true)
			}
			continue
		}
		if values[p.field] == nil {
			values[p.field] = d.Values(p.field)
		}
		if !carries(values[p.field], p, l, seen[l.place], kind == "members") {
			return stray(l.place, true)
		}
	}
	for _, must := range []string{"id", "type", "actor", "to", "published", "sequence"} {
		if seen[must] == 0 && (must != "sequence" || !unnumbered(kind)) {
			return stray(must, true)
		}
	}
	return phrasesReleased(rest, d.Values("referral/phrases"))
}

// contextOf reports whether a leaf is one of the JSON-LD context: of the activity, or
// of a members list within it and of its proof, and where it stands in that.
func contextOf(kind string, l leaf) (leaf, bool) {
	if kind == "members" {
		if rest, is := strings.CutPrefix(l.place, "object/"); is {
			rest = strings.TrimPrefix(rest, "proof/")
			if rest == "@context" || strings.HasPrefix(rest, "@context/") {
				l.place = rest
				return l, true
			}
		}
	}
	l.place = lessonContext(kind, l.place)
	return l, l.place == "@context" || strings.HasPrefix(l.place, "@context/")
}

// unnumbered lists what is not counted: strangers see no gaps, and all get the same
// bytes.
func unnumbered(kind string) bool { return kind == "public" || kind == "greeting" }

// single lists the structural places that hold one value, never a list.
func single(test string) bool {
	return !strings.HasSuffix(test, "type") && test != "transform" && test != "sealed chunk" || test == "activity type"
}

// entry reports whether a place is one of an item of an agenda or of minutes: there
// are as many of it as there are items.
func entry(kind, place string) bool {
	return kind == "meeting" && strings.HasPrefix(place, "object/orderedItems")
}

// carries reports whether a leaf is one of the released values, at most as often
// as it was released.
func carries(values []string, p place, l leaf, nth int, many bool) bool {
	if l.num && p.field != "members/version" && p.field != "lesson/revision" {
		return false
	}
	if p.part > 0 {
		return p.part <= len(values) && values[p.part-1] == l.text && nth == 1
	}
	if !slices.Contains(values, l.text) {
		return false
	}
	return many || nth <= len(values)
}

// shape finds the activity's type and what it embeds, or that it is for everybody.
func shape(leaves []leaf) (activity, kind string) {
	everybody, thing := false, ""
	for _, l := range leaves {
		everybody = everybody || l.text == federation.Everybody // wherever it stands: nothing of a case is said to everybody
		switch {
		case l.place == "type":
			activity = l.text
		case l.place == "object/type" && l.text == "Referral":
			kind = "referral"
		case l.place == "object/type" && l.text == "Engagement":
			kind = "engagement update"
		case l.place == "object/type" && l.text == "OrderedCollection":
			kind = "members"
		case l.place == "object/type" && l.text == "Organization":
			kind = "key"
		case l.place == "object/type" && l.text == "Follow":
			kind = "greeting"
		case l.place == "object/type" && contains([]string{"Lesson", "Reply", "Trial", "Tombstone"}, l.text):
			kind = "lesson"
		case l.place == "object/object/type":
			kind = "passed on"
		case l.place == "object/type" && meetingShape("", l.text) != "":
			thing, kind = l.text, "meeting"
		case l.place == "instrument/type" && l.text == "MembershipRequest":
			kind = "application"
		case l.place == "result/type" && l.text == "Engagement":
			kind = "engagement"
		case l.place == "result/type" && l.text == "Membership":
			kind = "membership"
		case l.place == "object/type" && l.text == "DisclosureRequest":
			kind = "request"
		case l.place == "object/type" && l.text == "SealedPackage":
			kind = "sealed"
		case l.place == "result/type" && l.text == "PurgeReceipt":
			kind = "purge"
		}
	}
	if kind == "meeting" {
		kind = meetingShape(activity, thing) // the type of the activity may stand behind its object
	}
	if everybody {
		kind = "public"
	}
	return activity, kind
}

// phrasesReleased puts controlled sentences together again, code first or slots
// first, and compares them with what was released.
func phrasesReleased(leaves []leaf, values []string) error {
	const base = "object/phrases"
	var got []string
	var code string
	slots := map[string]string{}
	flush := func() {
		if code != "" || len(slots) > 0 {
			got = append(got, disclose.Phrase(code, slots))
		}
		code, slots = "", map[string]string{}
	}
	for _, l := range leaves {
		name, isSlot := strings.CutPrefix(l.place, base+"/slots/")
		switch {
		case l.num:
			return stray(base, true)
		case l.place == base+"/code":
			if code != "" {
				flush()
			}
			code = l.text
		case isSlot:
			if _, twice := slots[name]; twice {
				flush()
			}
			slots[name] = l.text
		case l.place == base+"/slots" && l.text == "{}", l.place == base && l.text == "[]":
		default:
			return stray(base, true)
		}
	}
	flush()
	for _, p := range got {
		if !slices.Contains(values, p) {
			return stray(base, true)
		}
	}
	return nil
}

func (g *Gate) receipt(d Decision, p promise, body []byte) (Receipt, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return Receipt{}, fault.Wrap(fault.Internal, "policy.why.failed", err)
	}
	r := Receipt{Decision: d.ID, Policy: d.Policy, Peer: d.Peer, SHA256: hashOf(body)}
	r.Seal = append(text, g.mark("receipt", r.marked(text))...)
	return r, nil
}
