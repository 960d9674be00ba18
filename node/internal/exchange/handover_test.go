package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/gofed"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/handover"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

var (
	wanted = []string{"full_name", "birth_date", "contact", "needs_text"}
	spoken = map[string]string{"contact": "ถามหาที่ครูประจำชั้น หลังเลิกเรียน", "needs_text": "ขอให้ช่วยเรื่องสูติบัตรของนาแฮ"}
)

// taken is a referral that labour has taken, as both ends have it.
func (w *world) taken() (id, offer string) {
	w.t.Helper()
	id = w.offer(w.labour)
	w.net.Settle(w.t.Context())
	offer = w.arrived(w.labour, id).ID
	w.ok("accept", w.labour.receiver.Accept(w.t.Context(), ying, offer))
	w.want(id, w.labour, referral.StateAccepted, referral.StateAccepted)
	return id, offer
}

func (w *world) asked() (id, offer string) {
	w.t.Helper()
	id, offer = w.taken()
	w.ok("ask", w.labour.in.Ask(w.t.Context(), nok, offer, wanted, []string{"nok"}))
	w.ends(id, offer, handover.StateAsked, handover.StateAsked)
	return id, offer
}

func (w *world) agreed(id string, fields ...string) {
	w.t.Helper()
	w.ok("agree", w.north.out.Agree(w.t.Context(), dao, id, consent.Record{Fields: fields, Medium: "thumbprint", Language: "lhu", TextVersion: "handover-1",
		Interpreter: "ครูจะแฮ", Guardian: "นาซือ ลาหู่นะ", Assent: true}))
}

// prepared is a hand-over that waits for the second person.
func (w *world) prepared() (id, offer, sha string) {
	w.t.Helper()
	id, offer = w.asked()
	w.agreed(id, wanted...)
	w.ok("prepare", w.north.out.Prepare(w.t.Context(), dao, id, wanted, spoken))
	v := must(w.north.out.Show(w.t.Context(), ying, id))
	if v.Changed || !v.Fresh.Allowed || v.Fresh.SHA256 == "" {
		w.t.Fatalf("the preview: %+v", v.Fresh)
	}
	return id, offer, v.Fresh.SHA256
}

func (w *world) handedOver() (id, offer string) {
	w.t.Helper()
	id, offer, sha := w.prepared()
	w.ok("approve", w.north.out.Approve(w.t.Context(), ying, id, sha))
	w.ends(id, offer, handover.StateDelivered, handover.StateArrived)
	return id, offer
}

func (w *world) handout(id string) handover.Sent {
	w.t.Helper()
	return must(w.north.out.Store.Find(w.t.Context(), handover.Find{Owner: id}))
}

func (w *world) handin(offer string) handover.Received {
	w.t.Helper()
	return must(w.labour.in.Store.Find(w.t.Context(), handover.Find{Owner: offer}))
}

func (w *world) ends(id, offer string, sender, receiver handover.State) {
	w.t.Helper()
	w.net.Settle(w.t.Context())
	if h := w.handout(id); h.State != sender {
		w.t.Fatalf("the sender is at %s, want %s (%s)", h.State, sender, h.Reason)
	}
	if h := w.handin(offer); h.State != receiver {
		w.t.Fatalf("the receiver is at %s, want %s (%s)", h.State, receiver, h.Reason)
	}
}

// kept are all words that only who is named may read.
func kept() []string {
	return append(slices.Clone(secrets), "ลาหู่นะ", "ครูประจำชั้น", "สูติบัตรของนาแฮ")
}

// From the accepted offer to the case at the other end, then the withdrawal.
func TestHandOver(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		out, in := w.north.out, w.labour.in

		// Before the other side has taken it nobody can ask, and nothing can be prepared.
		id := w.offer(w.labour)
		w.net.Settle(ctx)
		offer := w.arrived(w.labour, id).ID
		w.kind("asking about an offer that is not taken", in.Ask(ctx, nok, offer, wanted, []string{"nok"}), fault.Conflict)
		w.kind("preparing what nobody asked for", out.Prepare(ctx, dao, id, wanted, spoken), fault.NotFound)

		id, offer = w.taken()
		w.kind("asking for class A", in.Ask(ctx, nok, offer, []string{"national_id"}, []string{"nok"}), fault.Invalid)
		w.kind("asking for nothing", in.Ask(ctx, nok, offer, nil, []string{"nok"}), fault.Invalid)
		w.kind("naming an intern", in.Ask(ctx, nok, offer, wanted, []string{"mek"}), fault.Invalid)
		w.kind("naming the administrator", in.Ask(ctx, nok, offer, wanted, []string{"chai"}), fault.Invalid)
		w.kind("the administrator asks", in.Ask(ctx, chai, offer, wanted, []string{"nok"}), fault.NotFound)
		w.ok("ask", in.Ask(ctx, nok, offer, wanted, []string{"nok"}))
		w.ends(id, offer, handover.StateAsked, handover.StateAsked)
		if h := w.handout(id); !slices.Equal(h.Asked, []string{"birth_date", "contact", "full_name", "needs_text"}) || h.Key == "" || h.AskProof == "" {
			t.Fatalf("what was asked: %+v", h)
		}

		// No consent, no hand-over; the consent to the offer is no consent to this.
		w.kind("prepared without consent", out.Prepare(ctx, dao, id, wanted, spoken), fault.Invalid)
		w.kind("agreed to what was not asked", out.Agree(ctx, dao, id, consent.Record{Fields: []string{"risk_note"}, Medium: "paper", Language: "th", TextVersion: "handover-1", Guardian: "นาซือ"}), fault.Invalid)
		w.kind("a child's consent without a guardian", out.Agree(ctx, dao, id, consent.Record{Fields: wanted, Medium: "paper", Language: "th", TextVersion: "handover-1"}), fault.Invalid)
		w.agreed(id, "full_name", "contact", "needs_text")
		w.kind("a telephone in it", out.Prepare(ctx, dao, id, wanted, map[string]string{"contact": "โทร 080-000-1122", "needs_text": "x"}), fault.Invalid)
		w.ok("prepare", out.Prepare(ctx, dao, id, wanted, spoken))
		v := must(out.Show(ctx, ying, id))
		if v.Words["contact"][0] != spoken["contact"] || sealedFields(v) != "contact full_name needs_text" || !strings.HasPrefix(v.Words["full_name"][1], "นาแฮ") {
			t.Fatalf("the second person sees %v", v.Words)
		}
		if v := must(out.Show(ctx, dao, id)); v.May["approve"] {
			t.Fatal("who prepared it may approve it")
		}
		w.kind("the own work approved", out.Approve(ctx, dao, id, v.Fresh.SHA256), fault.Forbidden)
		w.kind("another content approved", out.Approve(ctx, ying, id, "00"), fault.Conflict)
		w.ok("approve", out.Approve(ctx, ying, id, v.Fresh.SHA256))
		w.ends(id, offer, handover.StateDelivered, handover.StateArrived)

		// It has come; who is not named does not open it.
		for name, who := range map[string]string{"a supervisor": "ying", "a caseworker who is not named": "dao"} {
			if _, err := in.Open(ctx, staffOf[who], offer); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s opens it: %v", name, err)
			}
		}
		if _, err := in.Open(ctx, chai, offer); !fault.Is(err, fault.NotFound) {
			t.Errorf("the administrator opens it: %v", err)
		}
		w.clean()
		if found := w.net.Tap().Finds(kept()...); len(found) > 0 {
			t.Fatalf("crossed in clear: %v", found)
		}
		caseID, err := in.Open(ctx, nok, offer)
		if err != nil {
			t.Fatal(err)
		}
		w.ends(id, offer, handover.StateOpened, handover.StateOpened)
		c := must(w.labour.cases.Reveal(ctx, nok, caseID))
		if p := c.Client(); !strings.HasPrefix(p.Given, "นาแฮ") || p.Family != "ลาหู่นะ" || p.Birth != "" || c.Channel != casework.ChannelHandover || c.Problem != spoken["needs_text"] || c.ProvinceCode != "57" {
			t.Fatalf("the case that came of it: %+v", c)
		}
		if _, err := w.labour.in.Store.Kept(ctx, w.handin(offer).ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("the opened package is still there: %v", err)
		}
		if h := w.handout(id); h.Opened.IsZero() {
			t.Fatal("the sender was not told that it was opened")
		}

		// The person withdraws at the sender's: it is erased at the receiver, and the proof comes.
		cs := must(w.north.cases.Consents(ctx, dao, w.handout(id).CaseID))
		i := slices.IndexFunc(cs, func(r consent.Record) bool { return r.Scope == consent.ScopeHandover })
		w.ok("withdraw", w.north.cases.WithdrawConsent(ctx, dao, w.handout(id).CaseID, cs[i].ID, "in_person"))
		if h := w.handout(id); h.State != handover.StateRecalled {
			t.Fatalf("after the withdrawal the sender is at %s", h.State)
		}
		w.ends(id, offer, handover.StateErased, handover.StateErased)
		if r := w.handout(id).Receipt; r.Reason != "consent_withdrawn" || !slices.Contains(r.Erased, "case_file") || r.Basis != "legal_obligation" || r.Proof == "" || r.At.IsZero() {
			t.Fatalf("the receipt: %+v", r)
		}
		c = must(w.labour.cases.Cases.Get(ctx, caseID))
		if len(c.Persons) > 0 || c.Problem != "" || c.ProvinceCode != "" || c.AdminStatus != casework.StatusClosed {
			t.Fatalf("what is left of the case: %+v", c)
		}
		w.want(id, w.labour, referral.StateAccepted, referral.StateAccepted) // the anonymous referral goes on
		if found := w.net.Tap().Finds(kept()...); len(found) > 0 {
			t.Fatalf("crossed in clear: %v", found)
		}
		w.clean()
	})
}

// The person can withdraw where it is, and the file that has a basis of its own keeps its notes.
func TestErasedWhereItIs(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, offer := w.handedOver()
		w.kind("erased by who is not named", w.labour.in.Erase(ctx, dao, offer, "consent_withdrawn"), fault.Forbidden)
		caseID, err := w.labour.in.Open(ctx, nok, offer)
		if err != nil {
			t.Fatal(err)
		}
		c := must(w.labour.cases.Show(ctx, nok, caseID))
		c = must(w.labour.cases.Screen(ctx, nok, caseID, c.Version, "legal_claims", casework.ConflictClear))
		w.now = w.now.Add(time.Hour)
		w.ok("note", w.labour.cases.Note(ctx, nok, caseID, "ยื่นคำร้องแล้ว"))
		w.kind("erased for a reason that is none", w.labour.in.Erase(ctx, ying, offer, "because"), fault.Invalid)
		w.ok("erase", w.labour.in.Erase(ctx, ying, offer, "consent_withdrawn"))
		w.ends(id, offer, handover.StateErased, handover.StateErased)
		r := w.handout(id).Receipt
		if slices.Contains(r.Erased, "case_file") || !slices.Contains(r.Kept, "own_notes") || r.Basis != "legal_claims" {
			t.Fatalf("the receipt: %+v", r)
		}
		events := must(w.labour.cases.Timeline(ctx, nok, caseID))
		var texts []string
		for _, e := range events {
			if e.Text != "" {
				texts = append(texts, e.Text)
			}
		}
		if !slices.Equal(texts, []string{"ยื่นคำร้องแล้ว"}) {
			t.Fatalf("the texts that are left: %v", texts)
		}
		w.ok("asking anew", w.labour.in.Ask(ctx, nok, offer, wanted, []string{"nok"}))
		w.ends(id, offer, handover.StateAsked, handover.StateAsked)
		w.clean()
	})
}

// Refused, not opened in time, called back before it left, withdrawn with the referral.
func TestHandOverEndsOtherwise(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, offer := w.asked()
		w.kind("refused without a reason", w.north.out.Refuse(ctx, dao, id, "because"), fault.Invalid)
		w.ok("refuse", w.north.out.Refuse(ctx, dao, id, "consent_refused"))
		w.ends(id, offer, handover.StateRefused, handover.StateRefused)

		id, offer = w.handedOver()
		w.now = w.now.Add(handover.Lasts + time.Hour)
		if _, err := w.labour.in.Open(ctx, nok, offer); fault.As(err).Key != "handovers.error.expired" {
			t.Fatalf("opened too late: %v", err)
		}
		w.ok("tick", w.labour.in.Tick(ctx))
		w.ends(id, offer, handover.StateErased, handover.StateErased)
		if r := w.handout(id).Receipt; r.Reason != "expired" || !slices.Equal(r.Erased, []string{"sealed_package"}) {
			t.Fatalf("the receipt: %+v", r)
		}

		id, offer, sha := w.prepared()
		w.ok("approve", w.north.out.Approve(ctx, ying, id, sha))
		w.ok("recall", w.north.out.Recall(ctx, dao, id, "consent_withdrawn"))
		w.ends(id, offer, handover.StateCancelled, handover.StateAsked) // it never left

		id, offer = w.handedOver()
		w.ok("withdraw the referral", w.north.sender.Withdraw(ctx, dao, id, "safety"))
		w.ends(id, offer, handover.StateErased, handover.StateErased)
		w.want(id, w.labour, referral.StateWithdrawn, referral.StateWithdrawn)

		id, offer = w.asked()
		w.ok("withdraw the referral", w.north.sender.Withdraw(ctx, dao, id, "resolved"))
		w.ends(id, offer, handover.StateCancelled, handover.StateCancelled)
		w.clean()
	})
}

// A consent that is withdrawn, or runs out, between the look and the yes seals nothing.
func TestApprovalIsOfTheContent(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for name, c := range map[string]struct {
			change func(id string)
			key    string
		}{
			"the name": {func(id string) {
				file := must(w.north.cases.Reveal(ctx, dao, w.handout(id).CaseID))
				p := file.Client()
				p.Given = "นาแฮเหล่"
				must(w.north.cases.EditPerson(ctx, dao, file.ID, file.Version, p))
			}, "referrals.error.preview_changed"},
			"the consent": {func(id string) {
				for _, r := range must(w.north.cases.Consents(ctx, dao, w.handout(id).CaseID)) {
					w.ok("withdraw", w.north.cases.WithdrawConsent(ctx, dao, r.CaseID, r.ID, "in_person"))
				}
			}, ""},
			"the policy": {func(string) {
				w.ok("load", w.north.gate.Load([][]string{{"own_no_contact", "*", "handover", "handover/person/contact", "sealed", "true", "deny"}}))
			}, "referrals.error.preview_changed"},
		} {
			w.ok("load", w.north.gate.Load(nil))
			id, offer, sha := w.prepared()
			c.change(id)
			err := w.north.out.Approve(ctx, ying, id, sha)
			if !fault.Is(err, fault.Conflict) || c.key != "" && fault.As(err).Key != c.key {
				t.Fatalf("%s has changed: %v", name, err)
			}
			w.net.Settle(ctx)
			if h := w.handin(offer); h.State == handover.StateArrived {
				t.Fatalf("%s has changed, and it was handed over", name)
			}
		}
		w.ok("load", w.north.gate.Load(nil))
		w.clean()
	})
}

// A lost key: the receiver cannot open, asks again, and gets it sealed to a new one.
func TestLostKey(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, offer := w.handedOver()
		first := w.handin(offer).KeyID
		w.ok("lose", w.labour.db.Conn(ctx).Exec("DELETE FROM vault_keys WHERE scope = ?", "sealing-key:"+first).Error)
		w.labour.reopen()
		if _, err := w.labour.in.Open(ctx, nok, offer); fault.As(err).Key != "handovers.error.key_gone" {
			t.Fatalf("opened without the key: %v", err)
		}
		w.ok("again", w.labour.in.Again(ctx, nok, offer))
		w.ends(id, offer, handover.StateAsked, handover.StateAsked)
		h := w.handout(id)
		if h.KeyID == first || h.Revision != 2 || h.Texts["contact"][0] != spoken["contact"] {
			t.Fatalf("asked again: %+v", h)
		}
		w.ok("prepare", w.north.out.Prepare(ctx, dao, id, wanted, spoken))
		w.ok("approve", w.north.out.Approve(ctx, ying, id, must(w.north.out.Show(ctx, ying, id)).Fresh.SHA256))
		w.ends(id, offer, handover.StateDelivered, handover.StateArrived)
		if _, err := w.labour.in.Open(ctx, nok, offer); err != nil {
			t.Fatal(err)
		}
		w.clean()
	})
}

// What comes from somebody else, twice, or is not what it says.
func TestHostilePackages(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		in := w.labour.in
		good := func() (handover.Arriving, string, string) {
			id, offer, sha := w.prepared()
			w.ok("approve", w.north.out.Approve(ctx, ying, id, sha))
			h := w.handout(id)
			it := must(w.north.mail.Item(ctx, h.Activity))
			pkg := packageOf(t, it.Body)
			return handover.Arriving{From: w.north.self, Activity: h.Activity, Package: h.Package, Request: h.Request, Reference: h.Reference, KeyID: h.KeyID, Consent: h.Consent,
				Expires: h.Expires, Digest: h.Digest, Size: h.Size, Sealed: pkg, Proved: true, Undamaged: true}, id, offer
		}
		for name, c := range map[string]struct {
			change func(*handover.Arriving)
			err    error
			reason string
		}{
			"from another member":       {func(a *handover.Arriving) { a.From = w.third.self }, handover.ErrUnknown, ""},
			"for another referral":      {func(a *handover.Arriving) { a.Reference += "0" }, handover.ErrUnknown, ""},
			"answering nothing":         {func(a *handover.Arriving) { a.Request = "" }, handover.ErrUnknown, ""},
			"not proved by who sent it": {func(a *handover.Arriving) { a.Proved = false }, nil, "package_unproved"},
			"of another digest":         {func(a *handover.Arriving) { a.Undamaged = false }, nil, "package_unreadable"},
			"for another key":           {func(a *handover.Arriving) { a.KeyID += "x" }, nil, "package_unreadable"},
			"that has expired":          {func(a *handover.Arriving) { a.Expires = w.now }, nil, "package_expired"},
		} {
			a, id, offer := good()
			c.change(&a)
			err := w.labour.db.Within(ctx, func(ctx context.Context) error { return in.Arrived(ctx, a) })
			if c.err != nil {
				if !errors.Is(err, c.err) {
					t.Errorf("%s: %v", name, err)
				}
				w.ends(id, offer, handover.StateDelivered, handover.StateArrived) // the real one comes all the same
				continue
			}
			h := w.handin(offer)
			if err != nil || h.State != handover.StateReturned || h.Reason != c.reason {
				t.Errorf("%s: %s %s, %v", name, h.State, h.Reason, err)
			}
			if _, err := in.Store.Kept(ctx, h.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: it was kept: %v", name, err)
			}
			w.net.Settle(ctx) // the real one is of the same package, so it is no news
			if h := w.handout(id); h.State != handover.StateReturned || h.Reason != c.reason {
				t.Errorf("%s: the sender is at %s %s", name, h.State, h.Reason)
			}
			w.ok("again", in.Again(ctx, nok, offer))
			w.ends(id, offer, handover.StateAsked, handover.StateAsked)
		}
		// Twice the same, and altered within: the second is no news, the other does not open.
		a, id, offer := good()
		w.ends(id, offer, handover.StateDelivered, handover.StateArrived)
		w.ok("twice", w.labour.db.Within(ctx, func(ctx context.Context) error { return in.Arrived(ctx, a) }))
		bad := bytes.Clone(a.Sealed)
		bad[len(bad)-1] ^= 1
		for name, pack := range map[string][]byte{"altered": bad, "cut short": a.Sealed[:len(a.Sealed)-100], "empty": {}} {
			w.ok("put", w.labour.db.Within(ctx, func(ctx context.Context) error { return in.Store.Keep(ctx, w.handin(offer).ID, pack) }))
			if _, err := in.Open(ctx, nok, offer); fault.As(err).Key != "handovers.error.unreadable" {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.ok("put back", w.labour.db.Within(ctx, func(ctx context.Context) error { return in.Store.Keep(ctx, w.handin(offer).ID, a.Sealed) }))
		if _, err := in.Open(ctx, nok, offer); err != nil {
			t.Fatal(err)
		}
		w.ends(id, offer, handover.StateOpened, handover.StateOpened)
		for what, err := range map[string]error{
			"asked for by another": w.north.out.Asked(ctx, handover.Sent{Target: w.third.self, Reference: a.Reference, Request: "https://x.example/ap/req/1", Revision: 9}),
			"erased by another":    w.north.out.Erased(ctx, w.third.self, a.Package, handover.Receipt{}),
			"opened by another":    w.north.out.Reported(ctx, w.third.self, handover.Find{Package: a.Package}, handover.MoveOpen, a.Digest, ""),
			"recalled by another":  in.Recalled(ctx, w.third.self, a.Package, "safety"),
		} {
			if !errors.Is(err, handover.ErrUnknown) {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.ends(id, offer, handover.StateOpened, handover.StateOpened)
		w.clean()
	})
}

// sealedFields are the codes of what the gate lets be sealed.
func sealedFields(v handover.View) string {
	var out []string
	for _, f := range v.Fresh.Fields {
		if f.Sealed {
			out = append(out, f.Path[strings.LastIndex(f.Path, "/")+1:])
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// packageOf is the ciphertext in an Add.
func packageOf(t *testing.T, body []byte) []byte {
	t.Helper()
	a, err := gofed.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	pack, err := a.Package.Sealed()
	if err != nil {
		t.Fatal(err)
	}
	return pack
}
