package casestore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

func TestConsentNeedsABasisAndAGuardian(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := mustCreate(t, o, "ying", family())
		const peer = "https://lpn.example/ap/org"
		r := consent.Record{Purpose: "status_work", Recipient: peer, Scope: consent.ScopeAnonymousOffer, Basis: consent.Explicit, Special: true,
			TextVersion: "th-3", Language: "lhu", Medium: "thumbprint", Interpreter: "นางสาวล่าม ใจดี", Guardian: "นาซือ"}
		_, err := o.RecordConsent(ctx, ying, c.ID, r)
		wantKind(t, "asked before a basis was chosen", err, fault.Conflict)
		if c, err = o.Screen(ctx, ying, c.ID, c.Version, "explicit_consent", casework.ConflictClear); err != nil {
			t.Fatal(err)
		}
		alone := r
		alone.Guardian, alone.Minor = "", false
		_, err = o.RecordConsent(ctx, ying, c.ID, alone)
		wantKind(t, "a child without guardian", err, fault.Invalid)
		stranger := r
		stranger.Subjects = []string{"somebody"}
		_, err = o.RecordConsent(ctx, ying, c.ID, stranger)
		wantKind(t, "a person who is not in the case", err, fault.Invalid)
		_, err = o.RecordConsent(ctx, staff["nok"], c.ID, r)
		wantKind(t, "by somebody else", err, fault.NotFound)

		got, err := o.RecordConsent(ctx, ying, c.ID, r)
		if err != nil {
			t.Fatal(err)
		}
		g, err := o.Ground(ctx, c.ID, "status_work", peer)
		if err != nil || g.Level != consent.LevelSpecial || g.ConsentID != got.ID {
			t.Fatalf("%+v, %v", g, err)
		}
		if g, _ := o.Ground(ctx, c.ID, "status_work", "https://other.example/ap/org"); g.Level != 0 {
			t.Errorf("another recipient: %+v", g)
		}
		list, err := o.Consents(ctx, ying, c.ID)
		if err != nil || len(list) != 1 || list[0].Interpreter != r.Interpreter || list[0].Language != "lhu" || !list[0].Minor {
			t.Fatalf("%+v, %v", list, err)
		}
		wantKind(t, "withdraw an unknown one", o.WithdrawConsent(ctx, ying, c.ID, "x", "by_phone"), fault.NotFound)
		wantKind(t, "withdraw in an unknown way", o.WithdrawConsent(ctx, ying, c.ID, got.ID, "dream"), fault.Invalid)
		called := ""
		o.OnWithdraw = func(_ context.Context, _, id string) error { called = id; return nil }
		for range 2 {
			if err := o.WithdrawConsent(ctx, ying, c.ID, got.ID, "by_phone"); err != nil {
				t.Fatal(err)
			}
		}
		if g, _ := o.Ground(ctx, c.ID, "status_work", peer); g.Level != 0 || g.Why != consent.WhyWithdrawn || called != got.ID {
			t.Errorf("after withdrawal: %+v, called %q", g, called)
		}
	})
}

func TestSubjectForAReferral(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := mustCreate(t, o, "ying", family())
		if _, err := o.Subject(ctx, staff["nok"], c.ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("a stranger: %v", err)
		}
		s, err := o.Subject(ctx, staff["ying"], c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if s.Kind != "family" || s.BirthDate != "2015-04-23" || s.Household != 2 || s.Minors != 1 || s.Adult || s.ProvinceCode != "57" || s.Status != "none" {
			t.Errorf("%+v", s)
		}
		if text := fmt.Sprint(s.File); strings.Contains(text, "นาแฮ") || strings.Contains(text, "ห้วยหิน") || strings.Contains(text, "080") {
			t.Errorf("the left side shows an identity: %s", text)
		}
	})
}

func TestCountLike(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		mustCreate(t, o, "nok", family())
		twin := family() // the same mother in a second case, another girl
		twin.LocalNumber, twin.Persons[0].Given = "ชร 20/2569", "นาเล"
		mustCreate(t, o, "nok", twin)
		for _, c := range []struct {
			tuple map[string]string
			want  int
		}{
			{map[string]string{"age_band": "0-6"}, 0},
			{map[string]string{"age_band": "nonsense"}, 0},
			{map[string]string{"nonsense": "x"}, 0},
			{map[string]string{"area_level": "province", "area_code": "50"}, 0},
			{map[string]string{"area_level": "planet", "area_code": "57"}, 0},
			{map[string]string{"status_family": "registered_6"}, 0},
			{map[string]string{"sex": "male"}, 0},
			{map[string]string{"issue": "status_unregistered_child,labour"}, 0},
			{map[string]string{"age_band": "7-14"}, 2},
			{map[string]string{"age_band": "child"}, 2},
			{map[string]string{"age_band": "25-44"}, 1},
			{map[string]string{"status_family": "zero_card"}, 1},
			{map[string]string{"status_family": "unregistered"}, 3},
			{map[string]string{"area_level": "region", "area_code": "north", "issue": "status_unregistered_child,access_education"}, 3},
			{map[string]string{"age_band": "7-14", "sex": "female", "status_family": "none", "area_level": "province", "area_code": "57"}, 2},
		} {
			if n, err := o.CountLike(ctx, c.tuple); n != c.want || err != nil {
				t.Errorf("%v: %d, %v, want %d", c.tuple, n, err, c.want)
			}
		}
	})
}

func TestDraftsBelongToTheirWriter(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		in := family()
		form := map[string][]string{"person.0.given": {"นาแฮ"}}
		wantKind(t, "a key that is none", o.KeepDraft(ctx, staff["nok"], "x", form), fault.Invalid)
		wantKind(t, "too much", o.KeepDraft(ctx, staff["nok"], in.Key, map[string][]string{"problem": {strings.Repeat("ก", 30_000)}}), fault.Invalid)
		if err := o.KeepDraft(ctx, staff["or"], in.Key, form); err == nil {
			t.Error("an auditor keeps a draft")
		}
		if err := o.KeepDraft(ctx, staff["nok"], in.Key, form); err != nil {
			t.Fatal(err)
		}
		wantKind(t, "over somebody's draft", o.KeepDraft(ctx, staff["dao"], in.Key, form), fault.NotFound)
		_, err := o.Draft(ctx, staff["dao"], in.Key)
		wantKind(t, "somebody's draft", err, fault.NotFound)
		if d, err := o.Draft(ctx, staff["nok"], in.Key); err != nil || d.Form["person.0.given"][0] != "นาแฮ" {
			t.Errorf("%+v, %v", d, err)
		}
		mustCreate(t, o, "nok", in)
		if d, err := o.MyDrafts(ctx, staff["nok"]); err != nil || len(d) != 0 {
			t.Errorf("the draft outlives its case: %v, %v", d, err)
		}
	})
}
