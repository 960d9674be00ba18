package casestore_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// full is the case as it is stored.
func full(t *testing.T, o *office, id string) casework.Case {
	t.Helper()
	c, err := o.store.Get(ctxOf(t), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func kinds(t *testing.T, o *office, id string) string {
	t.Helper()
	events, err := o.Timeline(ctxOf(t), staff["ying"], id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range events {
		out = append(out, e.Kind)
	}
	return strings.Join(out, " ")
}

// TestWhoMayNotChangePersons tries every act on persons as everybody who may
// not, on an open and on a closed case: the case, its timeline and its ledger
// stay as they were.
func TestWhoMayNotChangePersons(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := mustCreate(t, o, "nok", family())
		for _, who := range []string{"mek", "tan"} {
			if _, err := o.Assign(ctx, staff["ying"], c.ID, who, false); err != nil {
				t.Fatal(err)
			}
		}
		acts := func(id, person string, version int64) map[string]func(who string) error {
			return map[string]func(who string) error{
				"reveal": func(who string) error { _, _, err := o.RevealPerson(ctx, staff[who], id, person); return err },
				"add": func(who string) error {
					_, err := o.AddPerson(ctx, staff[who], id, version, casework.Person{Given: "จะอือ"})
					return err
				},
				"edit": func(who string) error {
					_, err := o.EditPerson(ctx, staff[who], id, version, casework.Person{ID: person, Given: "จะอือ"})
					return err
				},
				"remove": func(who string) error { _, err := o.RemovePerson(ctx, staff[who], id, version, person); return err },
			}
		}
		try := func(state string, want map[string]fault.Kind) {
			before := full(t, o, c.ID)
			timeline := kinds(t, o, c.ID)
			for who, k := range want {
				for act, f := range acts(c.ID, before.Persons[1].ID, before.Version) {
					wantKind(t, state+": "+who+" "+act, f(who), k)
				}
			}
			if after := full(t, o, c.ID); fmt.Sprint(after) != fmt.Sprint(before) || kinds(t, o, c.ID) != timeline {
				t.Errorf("%s: who may not has changed something", state)
			}
		}
		strangers := map[string]fault.Kind{"dao": fault.NotFound, "fah": fault.NotFound, "chai": fault.NotFound, "or": fault.NotFound,
			"net": fault.NotFound, "gone": fault.NotFound, "none": fault.NotFound, "nobody": fault.NotFound, "mek": fault.Forbidden}
		try("open", strangers)
		for act, f := range acts("00000000000000000000000000000000", c.Persons[1].ID, 1) {
			wantKind(t, "no such case: "+act, f("ying"), fault.NotFound)
		}
		for act, f := range acts(c.ID, mustCreate(t, o, "nok", family()).Persons[1].ID, full(t, o, c.ID).Version) {
			if act != "add" {
				wantKind(t, "a person of another case: "+act, f("ying"), fault.NotFound)
			}
		}
		k := full(t, o, c.ID)
		k.AdminStatus = casework.StatusClosed
		if err := o.store.Save(ctx, k); err != nil {
			t.Fatal(err)
		}
		closed := map[string]fault.Kind{"nok": fault.Forbidden, "tan": fault.Forbidden, "ying": fault.Forbidden}
		for who, kind := range strangers {
			closed[who] = kind
		}
		try("closed", closed)
	})
}

func TestPersonsThatCannotBeTaken(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := mustCreate(t, o, "ying", family())
		child, mother := c.Persons[0].ID, c.Persons[1].ID
		for want, p := range map[string]casework.Person{
			"given": {Given: " ", OtherNames: []string{"", " "}}, "birth": {Given: "จะอือ", Birth: "2558-01"}, "sex": {Given: "จะอือ", Sex: "x"},
			"status": {Given: "จะอือ", Status: "minority"}, "nationality": {Given: "จะอือ", Nationality: "XX"}, "role": {Given: "จะอือ", Role: "boss"},
			"address": {Given: "จะอือ", Address: strings.Repeat("ก", 200)}, "other": {Given: "จะอือ", OtherNames: []string{strings.Repeat("ก", 200)}},
		} {
			_, err := o.AddPerson(ctx, staff["ying"], c.ID, c.Version, p)
			p.ID = mother
			_, err2 := o.EditPerson(ctx, staff["ying"], c.ID, c.Version, p)
			for act, err := range map[string]error{"add": err, "edit": err2} {
				if f := fault.As(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != want {
					t.Errorf("%s with a wrong %s: %v %v", act, want, err, f.Fields)
				}
			}
		}
		_, err := o.AddPerson(ctx, staff["ying"], c.ID, c.Version, casework.Person{Given: "คนละชื่อ", IDNumber: "0-0000-89000-00-5"})
		wantKind(t, "adding who is there", err, fault.Invalid)
		_, err = o.EditPerson(ctx, staff["ying"], c.ID, c.Version, casework.Person{ID: child, Given: "นาแฮ", Role: casework.RoleMember})
		wantKind(t, "leaving nobody as the client", err, fault.Invalid)
		_, err = o.RemovePerson(ctx, staff["ying"], c.ID, c.Version, child)
		wantKind(t, "taking out the client", err, fault.Conflict)
		for _, v := range []int64{-1, c.Version + 1, c.Version + 7} {
			_, err = o.AddPerson(ctx, staff["ying"], c.ID, v, casework.Person{Given: "จะอือ"})
			wantKind(t, "adding to another version", err, fault.Conflict)
			_, err = o.EditPerson(ctx, staff["ying"], c.ID, v, casework.Person{ID: mother, Given: "จะอือ"})
			wantKind(t, "editing another version", err, fault.Conflict)
			_, err = o.RemovePerson(ctx, staff["ying"], c.ID, v, mother)
			wantKind(t, "taking out of another version", err, fault.Conflict)
		}
		if after := full(t, o, c.ID); len(after.Persons) != 2 || after.Version != c.Version || kinds(t, o, c.ID) != "created" {
			t.Errorf("a refused change left something: version %d, %s", after.Version, kinds(t, o, c.ID))
		}
	})
}

// TestOfTwoAtOnceOneIsTold: of two edits of one version one is saved whole, and
// the other is told.
func TestOfTwoAtOnceOneIsTold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := mustCreate(t, o, "ying", family())
		var wg sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = o.EditPerson(ctxOf(t), staff["ying"], c.ID, c.Version, casework.Person{ID: c.Persons[1].ID, Given: fmt.Sprint("ชื่อ", i), Family: fmt.Sprint("สกุล", i)})
			})
		}
		wg.Wait()
		won := -1
		for i, err := range errs {
			switch {
			case err == nil && won < 0:
				won = i
			case !fault.Is(err, fault.Conflict):
				t.Errorf("%d: %v", i, err)
			}
		}
		if won < 0 {
			t.Fatal("nobody's change was saved")
		}
		if p := full(t, o, c.ID).Persons[1]; p.Name() != fmt.Sprintf("ชื่อ%d สกุล%d", won, won) {
			t.Error("what is stored is not what was saved")
		}
	})
}

// TestLookingAtAPersonIsWrittenDown: the form's values come with a line in the
// timeline, and all other persons stay masked.
func TestLookingAtAPersonIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := mustCreate(t, o, "nok", family())
		k, p, err := o.RevealPerson(ctx, staff["nok"], c.ID, c.Persons[1].ID)
		if err != nil || p.Given != "นาซือ" || p.IDNumber != "0-0000-89000-00-5" || k.Version != c.Version {
			t.Fatalf("%v", err)
		}
		if text := fmt.Sprint(k.Persons); strings.Contains(text, "ลาหู่นะ") || strings.Contains(text, "080-000") {
			t.Error("others are shown too")
		}
		events, err := o.Timeline(ctx, staff["nok"], c.ID)
		if err != nil || events[0].Kind != casework.EventIdentity || events[0].By != "nok" || events[0].Detail["person"] != p.ID {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

// TestIndexesFollowAPerson: what was is found no more, by nobody, in no index;
// what is now is found and counted.
func TestIndexesFollowAPerson(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		id, _, err := o.FromRegister(ctx, ying, family())
		if err != nil {
			t.Fatal(err)
		}
		finds := func(q string) int {
			t.Helper()
			p, err := o.List(ctx, ying, casework.Filter{Query: q})
			if err != nil {
				t.Fatal(err)
			}
			return p.Total
		}
		counts := func(tuple map[string]string) int {
			t.Helper()
			n, err := o.CountLike(ctx, tuple)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		tokens := func() (n int64) {
			t.Helper()
			if err := o.db.Reader(ctx).Raw("SELECT COUNT(*) FROM case_tokens").Scan(&n).Error; err != nil {
				t.Fatal(err)
			}
			return n
		}
		girls := map[string]string{"age_band": "7-14", "sex": "female", "area_level": "province", "area_code": "57"}
		women := map[string]string{"age_band": "adult", "sex": "female"}
		men := map[string]string{"age_band": "adult", "sex": "male", "status_family": "thai_claim"}
		c := full(t, o, id)
		before := tokens()

		p := c.Persons[1]
		p.Title, p.Given, p.Family, p.IDNumber, p.Birth, p.Sex, p.Status = "นาย", "สมมุติ", "ทดลอง", "0-0000-89000-01-3", "1984-05", "male", "thai_national"
		p.OtherNames = []string{" Sommut ", ""}
		if c, err = o.EditPerson(ctx, ying, id, c.Version, p); err != nil {
			t.Fatal(err)
		}
		for q, want := range map[string]int{"นาซือ": 0, "8900000": 0, "0-0000-89000-00-5": 0, "สมมุติ": 1, "ทดลอง": 1, "sommut": 1, "0000089000013": 1, "นาแฮ": 1, "ลาหู่นะ": 1} {
			if n := finds(q); n != want {
				t.Errorf("after the edit %q finds %d, want %d", q, n, want)
			}
		}
		if g, w, m := counts(girls), counts(women), counts(men); g != 1 || w != 0 || m != 1 {
			t.Errorf("after the edit: %d girls, %d women, %d men", g, w, m)
		}
		again := family() // the duplicates index: the same local number with who was, and with who is
		again.Key, again.Persons = "f:1:1", family().Persons[1:]
		if there, err := o.store.Find(ctx, again.Key, casework.Case{LocalNumber: again.LocalNumber, Persons: again.Persons}); err != nil || there != "" {
			t.Errorf("the number that was is found as a duplicate: %v, %v", there, err)
		}
		if there, err := o.store.Find(ctx, again.Key, casework.Case{LocalNumber: again.LocalNumber, Persons: []casework.Person{{Given: "x", IDNumber: "0000089000013"}}}); err != nil || there != id {
			t.Errorf("the number that is is no duplicate: %v, %v", there, err)
		}
		if got := full(t, o, id).Persons[1]; got.BirthPrecision != "month" || !slices.Equal(got.OtherNames, []string{"Sommut"}) || got.Role != casework.RoleMember {
			t.Errorf("%s %q %s", got.BirthPrecision, got.OtherNames, got.Role)
		}

		if c, err = o.AddPerson(ctx, ying, id, c.Version, casework.Person{Given: "จะอือ", Birth: "2018", BirthPrecision: casework.PrecisionCirca, Sex: "female"}); err != nil {
			t.Fatal(err)
		}
		if finds("จะอือ") != 1 || counts(girls) != 2 || len(full(t, o, id).Persons) != 3 || full(t, o, id).Persons[2].BirthPrecision != casework.PrecisionCirca {
			t.Error("who was added is not found, or not counted")
		}
		for _, gone := range []string{c.Persons[2].ID, c.Persons[1].ID} {
			if c, err = o.RemovePerson(ctx, ying, id, c.Version, gone); err != nil {
				t.Fatal(err)
			}
		}
		if finds("จะอือ") != 0 || finds("สมมุติ") != 0 || counts(girls) != 1 || counts(men) != 0 {
			t.Error("who was taken out is found, or counted")
		}
		if finds("นาแฮ") != 1 || tokens() >= before {
			t.Errorf("the index has %d tokens, %d before", tokens(), before)
		}
	})
}

// TestWhoHasNothingInCommonIsSomebodyElse: no consent of another person covers
// them; a correction that leaves something of the person is one.
func TestWhoHasNothingInCommonIsSomebodyElse(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		for _, x := range []struct {
			name   string
			place  int
			change func(*casework.Person)
			other  bool
		}{
			{"all is new", 1, func(p *casework.Person) {
				p.Given, p.Family, p.IDNumber, p.Birth = "จะอือ", "", "0-0000-89000-01-3", "1961"
			}, true},
			{"all is gone", 1, func(p *casework.Person) { p.Given, p.Family, p.IDNumber, p.Birth = "จะอือ", "", "", "" }, true},
			{"no number before, birth and name new", 0, func(p *casework.Person) {
				p.Given, p.Family, p.OtherNames, p.Birth = "จะอือ", "", nil, "2011"
			}, true},
			{"the number stays, in Thai digits", 1, func(p *casework.Person) {
				p.Given, p.Family, p.IDNumber, p.Birth = "จะอือ", "", "๐๐๐๐๐๘๙๐๐๐๐๐๕", "1961"
			}, false},
			{"the birth is known better", 1, func(p *casework.Person) {
				p.Given, p.Family, p.IDNumber, p.Birth = "จะอือ", "", "", "1990-07"
			}, false},
			{"the name moves among the others", 1, func(p *casework.Person) {
				p.Given, p.Family, p.OtherNames, p.IDNumber, p.Birth = "จะอือ", "", []string{"นาซือ ลาหู่นะ"}, "", "1961"
			}, false},
			{"the name stays", 1, func(p *casework.Person) { p.IDNumber, p.Birth = "0-0000-89000-01-3", "1961" }, false},
		} {
			c := opened(t, o, "ying")
			if _, err := o.RecordConsent(ctx, ying, c.ID, granted()); err != nil {
				t.Fatal(err)
			}
			p := full(t, o, c.ID).Persons[x.place]
			x.change(&p)
			c, err := o.EditPerson(ctx, ying, c.ID, c.Version, p)
			if err != nil {
				t.Fatal(err)
			}
			g, err := o.Ground(ctx, c.ID, "status_work", "https://lpn.example/ap/org")
			if err != nil || (g.Why == consent.WhySubject) != x.other || (g.Level == consent.LevelNone) != x.other {
				t.Errorf("%s: %+v, %v", x.name, g, err)
			}
			if now := c.Persons[x.place]; (now.ID != p.ID) != x.other || now.Role != full(t, o, c.ID).Persons[x.place].Role || c.Client().ID != c.Persons[0].ID {
				t.Errorf("%s: the id changed: %v", x.name, now.ID != p.ID)
			}
		}
		// Of whom nothing but a name was known may be called otherwise.
		c := mustCreate(t, o, "ying", casework.Intake{Key: "unknown", Persons: []casework.Person{{Given: "ไม่ทราบชื่อ"}}})
		p := casework.Person{ID: c.Persons[0].ID, Given: "จะอือ", Birth: "1961", IDNumber: "0-0000-89000-01-3"}
		if c, err := o.EditPerson(ctx, ying, c.ID, c.Version, p); err != nil || c.Persons[0].ID != p.ID {
			t.Errorf("learning who it is made somebody else: %v", err)
		}
	})
}

// TestTheClientIsHandedOver: another person becomes the client, and there is
// one all the time; the referral is about them from then on.
func TestTheClientIsHandedOver(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := mustCreate(t, o, "ying", family())
		child := c.Persons[0].ID
		p := full(t, o, c.ID).Persons[1]
		p.Role = casework.RoleClient
		c, err := o.EditPerson(ctx, ying, c.ID, c.Version, p)
		if err != nil {
			t.Fatal(err)
		}
		if c.Client().ID != p.ID || c.Persons[0].Role != casework.RoleMember {
			t.Fatalf("the client is %v", c.Client().ID == child)
		}
		if s, err := o.Subject(ctx, ying, c.ID); err != nil || s.BirthDate != "1990" || s.Household != 2 || s.Minors != 1 {
			t.Errorf("%+v, %v", s, err)
		}
		if c, err = o.RemovePerson(ctx, ying, c.ID, c.Version, child); err != nil {
			t.Fatal(err)
		}
		if s, err := o.Subject(ctx, ying, c.ID); err != nil || s.Household != 1 || s.Minors != 0 || s.Kind != "person" {
			t.Errorf("%+v, %v", s, err)
		}
		if c, err = o.AddPerson(ctx, ying, c.ID, c.Version, casework.Person{Given: "จะอือ", Role: casework.RoleClient}); err != nil || c.Client().Given != "จะอือ" {
			t.Errorf("%v", err)
		}
		if got := kinds(t, o, c.ID); got != "person_added person_edited person_removed person_edited person_edited created" {
			t.Errorf("timeline: %s", got)
		}
	})
}

// TestNoValueInTimelineOrLedger: which fields changed is told, and nothing of
// what stood or stands in them.
func TestNoValueInTimelineOrLedger(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := mustCreate(t, o, "ying", family())
		p := full(t, o, c.ID).Persons[1]
		p.Given, p.Phone, p.Birth, p.Address, p.Nationality, p.Ethnicity = "สมมุติ", "080-000-9988", "1977-07-07", "บ้านเลขที่ 9", "none", "ไม่ควรเปลี่ยน"
		c, err := o.EditPerson(ctx, ying, c.ID, c.Version, p)
		if err != nil {
			t.Fatal(err)
		}
		if full(t, o, c.ID).Persons[1].Ethnicity != "" {
			t.Error("a form that does not ask for it changed the ethnicity")
		}
		events, err := o.Timeline(ctx, ying, c.ID)
		if err != nil || events[0].Detail["fields"] != "given,phone,address,birth,nationality" || events[0].Text != "" {
			t.Fatalf("%+v, %v", events, err)
		}
		if c, err = o.EditPerson(ctx, ying, c.ID, c.Version, p); err != nil || strings.Count(kinds(t, o, c.ID), "person_edited") != 1 {
			t.Errorf("saving what is there is an event: %v", err)
		}
		if c, err = o.AddPerson(ctx, ying, c.ID, c.Version, casework.Person{Given: "จะอือ", Phone: "080-000-7766"}); err != nil {
			t.Fatal(err)
		}
		if _, err = o.RemovePerson(ctx, ying, c.ID, c.Version, c.Persons[2].ID); err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, q := range []string{"SELECT detail FROM case_events", "SELECT detail FROM audit_ledger"} {
			var some []string
			if err := o.db.Reader(ctx).Raw(q).Scan(&some).Error; err != nil {
				t.Fatal(err)
			}
			rows = append(rows, some...)
		}
		all := strings.Join(rows, "\n")
		if !strings.Contains(all, "person_removed") {
			t.Fatal("the ledger was not read")
		}
		for _, secret := range []string{"สมมุติ", "นาซือ", "080-000", "1977", "1990", "จะอือ", "บ้านเลขที่"} {
			if strings.Contains(all, secret) {
				t.Errorf("%q stands in a timeline or a ledger", secret)
			}
		}
		if n, err := o.log.Verify(ctx); err != nil || n == 0 {
			t.Errorf("ledger: %d, %v", n, err)
		}
	})
}
