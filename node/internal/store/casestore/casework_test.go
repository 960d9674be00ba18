package casestore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

func TestIntakeThatCannotBeTaken(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, change := range map[string]func(*casework.Intake){
			"key":             func(in *casework.Intake) { in.Key = "" },
			"person.0.given":  func(in *casework.Intake) { in.Persons = nil },
			"person.1.given":  func(in *casework.Intake) { in.Persons[1].Given, in.Persons[1].Family = " ", "" },
			"person.0.birth":  func(in *casework.Intake) { in.Persons[0].Birth = "2558-04-23" },
			"person.1.birth":  func(in *casework.Intake) { in.Persons[1].Birth = "2027" },
			"person.0.sex":    func(in *casework.Intake) { in.Persons[0].Sex = "x" },
			"person.0.status": func(in *casework.Intake) { in.Persons[0].Status = "minority" },
			"province":        func(in *casework.Intake) { in.ProvinceCode = "99" },
			"issues":          func(in *casework.Intake) { in.Issues = []string{"labour", "witchcraft"} },
			"opened_on":       func(in *casework.Intake) { in.OpenedOn = "2026-02-30" },
			"interpreter":     func(in *casework.Intake) { in.Interpreter = "maybe" },
			"problem":         func(in *casework.Intake) { in.Problem = strings.Repeat("ก", 10_000) },
			"local_number":    func(in *casework.Intake) { in.LocalNumber = strings.Repeat("1", 500) },
		} {
			in := family()
			change(&in)
			_, err := o.Create(ctxOf(t), staff["nok"], in)
			f := fault.As(err)
			if f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != name {
				t.Errorf("%s: %v %+v", name, err, f.Fields)
			}
		}
		for _, who := range []string{"chai", "or", "gone", "none"} {
			if _, err := o.Create(ctxOf(t), staff[who], family()); err == nil {
				t.Errorf("%s made a case", who)
			}
		}
		if p, err := o.List(ctxOf(t), staff["ying"], casework.Filter{}); err != nil || p.Total != 0 {
			t.Errorf("something was left behind: %+v, %v", p, err)
		}
	})
}

func TestSameKeyMakesOneCase(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		in := family()
		var wg sync.WaitGroup
		ids, errs := make([]string, 4), make([]error, 4)
		for i := range ids {
			wg.Go(func() {
				c, err := o.Create(ctxOf(t), staff["nok"], in)
				ids[i], errs[i] = c.ID, err
			})
		}
		wg.Wait()
		for i := range ids {
			if errs[i] != nil || ids[i] != ids[0] {
				t.Fatalf("%v %v", ids, errs)
			}
		}
		again := family() // the same number and the same people, typed anew: nothing that was typed may be lost
		if c := mustCreate(t, o, "nok", again); c.ID == ids[0] {
			t.Error("another form was swallowed by a case that is there")
		}
		if _, err := o.Create(ctxOf(t), staff["dao"], in); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger with the same key learns of the case: %v", err)
		}
	})
}

func TestRegisterTwice(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		for _, who := range []string{"mek", "chai", "gone"} {
			if _, _, err := o.FromRegister(ctx, staff[who], family()); err == nil {
				t.Errorf("%s imported", who)
			}
		}
		in := family()
		first, created, err := o.FromRegister(ctx, staff["ying"], in)
		if err != nil || !created {
			t.Fatal(created, err)
		}
		again, created, err := o.FromRegister(ctx, staff["ying"], in)
		if err != nil || created || again != first {
			t.Errorf("same key: %v %v", created, err)
		}
		in.Key = "other-file:1:7"
		in.Persons[1].IDNumber = "๐๐๐๐๐๘๙๐๐๐๐๐๕"
		if again, created, err = o.FromRegister(ctx, staff["ying"], in); err != nil || created || again != first {
			t.Errorf("same number and person: %v %v", created, err)
		}
		in.Key, in.LocalNumber = "other-file:1:8", "ชร 15/2569"
		if _, created, err = o.FromRegister(ctx, staff["ying"], in); err != nil || !created {
			t.Errorf("another number is another case: %v %v", created, err)
		}
		in = family()
		in.Persons = []casework.Person{{Given: "คนอื่น"}}
		if _, created, err = o.FromRegister(ctx, staff["ying"], in); err != nil || !created {
			t.Errorf("another person is another case: %v %v", created, err)
		}
	})
}

func TestImportIsFastAndAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		boom := errors.New("boom")
		batch := func(from int, fail error) error {
			return o.db.Within(ctxOf(t), func(ctx context.Context) error {
				for i := range 65 {
					in := family()
					in.Key, in.LocalNumber = fmt.Sprintf("f:1:%d", from+i), fmt.Sprintf("ชร %d/2565", from+i)
					in.Persons[0].Family = fmt.Sprintf("ตระกูล%d", from+i)
					if _, created, err := o.FromRegister(ctx, staff["ying"], in); err != nil || !created {
						return fmt.Errorf("%v %w", created, err)
					}
				}
				return fail
			})
		}
		if err := batch(0, boom); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if p, err := o.List(ctxOf(t), staff["ying"], casework.Filter{}); err != nil || p.Total != 0 {
			t.Fatalf("a rolled-back batch left %d, %v", p.Total, err)
		}
		start := time.Now()
		for i := range 2 {
			if err := batch(65*i, nil); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("130 cases, 260 persons: %v", time.Since(start))
		if p, err := o.List(ctxOf(t), staff["ying"], casework.Filter{}); err != nil || p.Total != 130 {
			t.Fatalf("%d, %v", p.Total, err)
		}
	})
}

func TestMovesAndGuards(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := mustCreate(t, o, "ying", family())
		step := func(m casework.Move) error {
			got, err := o.Move(ctx, ying, c.ID, c.Version, m)
			if err == nil {
				c = got
			}
			return err
		}
		for _, to := range []casework.Status{casework.StatusOpen, casework.StatusOnHold, casework.StatusClosed, casework.StatusIntake, "gone", ""} {
			wantKind(t, "from intake to "+string(to), step(casework.Move{To: to, CloseReason: "other"}), fault.Conflict)
		}
		wantKind(t, "screening", step(casework.Move{To: casework.StatusScreening}), "")
		err := step(casework.Move{To: casework.StatusOpen})
		wantKind(t, "open without basis and check", err, fault.Invalid)
		if f := fault.As(err).Fields; len(f) != 2 {
			t.Errorf("what is missing: %v", f)
		}
		_, err = o.Screen(ctx, ying, c.ID, c.Version, "because", casework.ConflictClear)
		wantKind(t, "an invented basis", err, fault.Invalid)
		if c, err = o.Screen(ctx, ying, c.ID, c.Version, "explicit_consent", casework.ConflictFound); err != nil {
			t.Fatal(err)
		}
		err = step(casework.Move{To: casework.StatusOpen})
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
			t.Errorf("opened with a conflict of interest: %v", err)
		}
	})
}

func TestWholeLife(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := mustCreate(t, o, "ying", family())
		must := func(got casework.Case, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			c = got
		}
		must(o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusScreening}))
		must(o.Screen(ctx, ying, c.ID, c.Version, "explicit_consent", casework.ConflictClear))
		must(o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusOpen}))
		for name, m := range map[string]casework.Move{"no reason": {WakeOn: "2026-12-01"}, "today": {HoldReason: "รอ", WakeOn: "2026-11-25"},
			"no day": {HoldReason: "รอ"}} {
			m.To = casework.StatusOnHold
			_, err := o.Move(ctx, ying, c.ID, c.Version, m)
			wantKind(t, "hold with "+name, err, fault.Invalid)
		}
		must(o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusOnHold, HoldReason: "รอผล DNA", WakeOn: "2026-12-01"}))
		must(o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusOpen}))
		_, err := o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusClosed, CloseReason: "tired"})
		wantKind(t, "an invented reason", err, fault.Invalid)
		must(o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusClosed, CloseReason: "goal_met"}))
		_, err = o.Move(ctx, ying, c.ID, c.Version, casework.Move{To: casework.StatusOpen})
		if err == nil {
			t.Error("a closed case was opened")
		}
		events, err := o.Timeline(ctx, ying, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		if got := strings.Join(kinds, " "); got != "moved moved moved moved conflict basis moved created" {
			t.Errorf("timeline: %s", got)
		}
		if n, err := o.log.Verify(ctx); err != nil || n == 0 {
			t.Errorf("ledger: %d, %v", n, err)
		}
	})
}

func TestStaleSaveLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		ying := staff["ying"]
		c := mustCreate(t, o, "ying", family())
		d := c.DetailsOf()
		d.Problem = "ฉบับแรก"
		first, err := o.Edit(ctx, ying, c.ID, c.Version, d)
		if err != nil {
			t.Fatal(err)
		}
		d.Problem = "ฉบับที่สอง"
		_, err = o.Edit(ctx, ying, c.ID, c.Version, d)
		wantKind(t, "stale edit", err, fault.Conflict)
		got, err := o.Show(ctx, ying, c.ID)
		if err != nil || got.Problem != "ฉบับแรก" || got.Version != first.Version {
			t.Errorf("after a stale save: %q version %d, %v", got.Problem, got.Version, err)
		}
		if err := o.store.Save(ctx, c); !fault.Is(err, fault.Conflict) {
			t.Errorf("the store took a stale version: %v", err)
		}
		if _, err := o.Edit(ctx, ying, c.ID, got.Version, d); err != nil {
			t.Errorf("a fresh edit: %v", err)
		}
	})
}

func TestAssignment(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := mustCreate(t, o, "nok", family())
		if _, err := o.Show(ctx, staff["dao"], c.ID); !fault.Is(err, fault.NotFound) {
			t.Fatalf("before assignment: %v", err)
		}
		_, err := o.Assign(ctx, staff["dao"], c.ID, "dao", false)
		wantKind(t, "taking a case that is not known", err, fault.NotFound)
		_, err = o.Assign(ctx, staff["mek"], c.ID, "mek", false)
		wantKind(t, "an intern taking it", err, fault.NotFound)
		for _, who := range []string{"chai", "or", "gone", "none", "nobody", ""} {
			_, err = o.Assign(ctx, staff["ying"], c.ID, who, false)
			wantKind(t, "to "+who, err, fault.Invalid)
		}
		if _, err := o.Assign(ctx, staff["ying"], c.ID, "dao", true); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Show(ctx, staff["dao"], c.ID); err != nil {
			t.Errorf("after assignment: %v", err)
		}
		if _, err := o.Show(ctx, staff["nok"], c.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("who had it before still sees it: %v", err)
		}
		if p, err := o.List(ctx, staff["dao"], casework.Filter{Mine: true}); err != nil || p.Total != 1 || p.Items[0].OwnerID != "dao" {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestIdentityIsReadOnPurposeOnly(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ctx := ctxOf(t)
		c := mustCreate(t, o, "ying", family())
		if _, err := o.Assign(ctx, staff["ying"], c.ID, "mek", false); err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"ying", "mek"} {
			masked, err := o.Show(ctx, staff[who], c.ID)
			if err != nil {
				t.Fatal(err)
			}
			for i := range masked.Persons {
				masked.Persons[i].ID = "" // random digits, which may look like anything
			}
			text := fmt.Sprint(masked.Persons)
			for _, secret := range []string{"นาแฮ", "ลาหู่นะ", "Na Hae", "0000089000005", "89000", "080", "ห้วยหิน", "04-23"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s sees %q without asking", who, secret)
				}
			}
		}
		_, err := o.Reveal(ctx, staff["mek"], c.ID)
		wantKind(t, "an intern asks for identities", err, fault.Forbidden)
		_, err = o.Reveal(ctx, staff["chai"], c.ID)
		wantKind(t, "an administrator", err, fault.NotFound)
		full, err := o.Reveal(ctx, staff["ying"], c.ID)
		if err != nil || full.Persons[0].Given != "นาแฮ" || full.Persons[1].IDNumber != "0-0000-89000-00-5" {
			t.Fatalf("%+v, %v", full.Persons, err)
		}
		events, err := o.Timeline(ctx, staff["ying"], c.ID)
		if err != nil || events[0].Kind != casework.EventIdentity || events[0].By != "ying" {
			t.Errorf("reading is not in the timeline: %+v, %v", events, err)
		}
	})
}
