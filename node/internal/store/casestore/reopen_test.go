package casestore_test

import (
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// granted is a consent of everybody in the case towards the whole network.
func granted() consent.Record {
	return consent.Record{Purpose: "status_work", Recipient: consent.Network, Scope: consent.ScopeAnonymousOffer, Basis: consent.Explicit,
		TextVersion: "offer-1", Language: "lhu", Medium: consent.Thumbprint, Guardian: "ย่า", GivenOn: "2026-11-21"}
}

// opened is a case that is open, with a basis and a check that was made.
func opened(t *testing.T, o *office, who string) casework.Case {
	t.Helper()
	ctx := ctxOf(t)
	c := mustCreate(t, o, who, family())
	c, err := o.Move(ctx, staff[who], c.ID, c.Version, casework.Move{To: casework.StatusScreening})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = o.Screen(ctx, staff[who], c.ID, c.Version, "explicit_consent", casework.ConflictClear); err != nil {
		t.Fatal(err)
	}
	if c, err = o.Move(ctx, staff[who], c.ID, c.Version, casework.Move{To: casework.StatusOpen}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestWhoMayNotReopen: nobody but a supervisor, from no other state, without no
// reason, and by no other way.
func TestWhoMayNotReopen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := opened(t, o, "nok")
		for _, who := range []string{"tan", "mek"} {
			if _, err := o.Assign(ctx, ying, c.ID, who, false); err != nil {
				t.Fatal(err)
			}
		}
		c = full(t, o, c.ID)
		_, err := o.Reopen(ctx, ying, c.ID, c.Version, "came_back")
		wantKind(t, "what is open", err, fault.Conflict)
		if c, err = o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusClosed, CloseReason: "moved"}); err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]fault.Kind{"nok": fault.Forbidden, "tan": fault.Forbidden, "mek": fault.Forbidden, "dao": fault.NotFound,
			"fah": fault.NotFound, "chai": fault.NotFound, "or": fault.NotFound, "net": fault.NotFound, "gone": fault.NotFound, "nobody": fault.NotFound} {
			_, err := o.Reopen(ctx, staff[who], c.ID, c.Version, "came_back")
			wantKind(t, who, err, want)
			for _, to := range casework.Statuses() {
				if _, err := o.Move(ctx, staff[who], c.ID, c.Version, casework.Move{To: to, CloseReason: "other"}); err == nil {
					t.Errorf("%s moves a closed case to %s", who, to)
				}
			}
		}
		for _, reason := range []string{"", "because", "goal_met"} {
			_, err := o.Reopen(ctx, ying, c.ID, c.Version, reason)
			if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "reopen_reason" {
				t.Errorf("with the reason %q: %v", reason, err)
			}
		}
		_, err = o.Reopen(ctx, ying, c.ID, c.Version-1, "came_back")
		wantKind(t, "a stale page", err, fault.Conflict)
		for _, to := range casework.Statuses() {
			if _, err := o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: to, CloseReason: "other"}); err == nil {
				t.Errorf("the supervisor moves a closed case to %s without opening it again", to)
			}
		}
		if after := full(t, o, c.ID); after.AdminStatus != casework.StatusClosed || after.Version != c.Version || after.CloseReason != "moved" {
			t.Errorf("something changed: %s, version %d", after.AdminStatus, after.Version)
		}
	})
}

// TestTheTableIsTheOneTruth: every move that is not in the table is refused,
// and Reopen goes where the table says.
func TestTheTableIsTheOneTruth(t *testing.T) {
	if next := casework.StatusClosed.Next(); len(next) != 1 || next[0] != casework.StatusScreening {
		t.Fatalf("from closed: %v", next)
	}
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := opened(t, o, "ying")
		for _, from := range casework.Statuses() {
			k := full(t, o, c.ID)
			k.AdminStatus = from
			if err := o.store.Save(ctx, k); err != nil {
				t.Fatal(err)
			}
			_, err := o.Reopen(ctx, staff["ying"], c.ID, 0, "came_back")
			if (err == nil) != (from == casework.StatusClosed) {
				t.Errorf("from %s: %v", from, err)
			}
		}
	})
}

func TestReopenedCaseStartsWithANewCheck(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := opened(t, o, "nok")
		ended, err := o.RecordConsent(ctx, staff["nok"], c.ID, granted())
		if err != nil {
			t.Fatal(err)
		}
		ground := func() consent.Ground {
			t.Helper()
			g, err := o.Ground(ctx, c.ID, "status_work", "https://lpn.example/ap/org")
			if err != nil {
				t.Fatal(err)
			}
			return g
		}
		if g := ground(); g.Level < consent.LevelNetwork {
			t.Fatalf("before: %+v", g)
		}
		if err := o.WithdrawConsent(ctx, staff["nok"], c.ID, ended.ID, "in_person"); err != nil {
			t.Fatal(err)
		}
		if c, err = o.Move(ctx, ying, c.ID, full(t, o, c.ID).Version, casework.Move{To: casework.StatusClosed, CloseReason: "withdrawn"}); err != nil {
			t.Fatal(err)
		}
		if c, err = o.Reopen(ctx, ying, c.ID, c.Version, "came_back"); err != nil {
			t.Fatal(err)
		}
		if c = full(t, o, c.ID); c.AdminStatus != casework.StatusScreening || c.CloseReason != "" || c.Conflict != casework.ConflictPending ||
			c.LegalBasis != "explicit_consent" || c.OwnerID != "nok" {
			t.Errorf("%s %s %s %s", c.AdminStatus, c.CloseReason, c.Conflict, c.LegalBasis)
		}
		if g := ground(); g.Level != consent.LevelNone || g.Why != consent.WhyWithdrawn {
			t.Errorf("a consent that had ended holds again: %+v", g)
		}
		all, err := o.Consents(ctx, ying, c.ID)
		if err != nil || len(all) != 1 || all[0].WithdrawnAt.IsZero() {
			t.Errorf("%+v, %v", all, err)
		}
		_, err = o.Move(ctx, staff["nok"], c.ID, c.Version, casework.Move{To: casework.StatusOpen})
		wantKind(t, "open without a new check", err, fault.Invalid)
		if c, err = o.Screen(ctx, staff["nok"], c.ID, c.Version, c.LegalBasis, casework.ConflictClear); err != nil {
			t.Fatal(err)
		}
		if _, err = o.Move(ctx, staff["nok"], c.ID, c.Version, casework.Move{To: casework.StatusOpen}); err != nil {
			t.Fatal(err)
		}
		events, err := o.Timeline(ctx, ying, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var said string
		for _, e := range events {
			if e.Kind == casework.EventReopened {
				said = e.By + " " + e.Detail["from"] + " " + e.Detail["to"] + " " + e.Detail["reason"]
			}
		}
		if said != "ying closed screening came_back" || !strings.HasPrefix(kinds(t, o, c.ID), "moved conflict reopened moved consent_withdrawn consent ") {
			t.Errorf("timeline: %q in %s", said, kinds(t, o, c.ID))
		}
		if n, err := o.log.Verify(ctx); err != nil || n == 0 {
			t.Errorf("ledger: %d, %v", n, err)
		}
	})
}

// TestConsentDoesNotReachANewPerson: who joins the household has agreed to
// nothing yet, and a child who turns out to be one needs a guardian.
func TestConsentDoesNotReachANewPerson(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := opened(t, o, "ying")
		if _, err := o.RecordConsent(ctx, ying, c.ID, granted()); err != nil {
			t.Fatal(err)
		}
		why := func(want string) {
			t.Helper()
			g, err := o.Ground(ctx, c.ID, "status_work", "https://lpn.example/ap/org")
			if err != nil || g.Why != want || (want != "") != (g.Level == consent.LevelNone) {
				t.Errorf("%+v, %v, want %q", g, err, want)
			}
		}
		why("")
		more, err := o.AddPerson(ctx, ying, c.ID, c.Version, casework.Person{Given: "จะอือ", Birth: "1961"})
		if err != nil {
			t.Fatal(err)
		}
		why(consent.WhySubject)
		less, err := o.RemovePerson(ctx, ying, c.ID, more.Version, more.Persons[2].ID)
		if err != nil {
			t.Fatal(err)
		}
		why("")
		// The mother alone, who agreed for herself as an adult, is written down anew as a child.
		mother := less.Persons[1]
		mother.Role = casework.RoleClient
		if less, err = o.EditPerson(ctx, ying, c.ID, less.Version, mother); err != nil {
			t.Fatal(err)
		}
		if less, err = o.RemovePerson(ctx, ying, c.ID, less.Version, less.Persons[0].ID); err != nil {
			t.Fatal(err)
		}
		adult := granted()
		adult.Guardian, adult.Recipient = "", "https://lpn.example/ap/org"
		if _, err := o.RecordConsent(ctx, ying, c.ID, adult); err != nil {
			t.Fatal(err)
		}
		all, err := o.Consents(ctx, ying, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			if r.Recipient == consent.Network { // the wider one, in which a guardian is named
				if err := o.WithdrawConsent(ctx, ying, c.ID, r.ID, "in_person"); err != nil {
					t.Fatal(err)
				}
			}
		}
		why("")
		mother = less.Persons[0]
		mother.Birth = "2012"
		if _, err = o.EditPerson(ctx, ying, c.ID, less.Version, mother); err != nil {
			t.Fatal(err)
		}
		g, err := o.Ground(ctx, c.ID, "status_work", "https://lpn.example/ap/org")
		if err != nil || g.Level != consent.LevelNone {
			t.Errorf("an adult's consent holds for a child: %+v, %v", g, err)
		}
	})
}
