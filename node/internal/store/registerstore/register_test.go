package registerstore_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/register"
)

func TestStrangers(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		f := upload(t, o, "clinic-north.xlsx")
		_, items := show(t, o, f.ID)
		ctx := t.Context()
		for what, do := range map[string]func() error{
			"dry":    func() error { _, err := o.Dry(ctx, nok, strings.NewReader("a,b")); return err },
			"upload": func() error { _, err := o.Upload(ctx, nok, "a.csv", strings.NewReader("a,b")); return err },
			"start":  func() error { return o.Start(ctx, nok, f.ID) },
			"cancel": func() error { return o.Cancel(ctx, nok, f.ID) },
			"drop":   func() error { return o.Drop(ctx, nok, f.ID) },
			"show":   func() error { _, _, _, err := o.Show(ctx, nok, f.ID, register.Filter{}); return err },
			"queue":  func() error { _, _, err := o.Waiting(ctx, nok, 0, 10); return err },
			"row":    func() error { _, err := o.Row(ctx, nok, items[0].ID); return err },
			"decide": func() error {
				_, err := o.Decide(ctx, nok, items[0].ID, register.Decision{Discard: "error"})
				return err
			},
		} {
			if err := do(); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s by somebody without the right: %v", what, err)
			}
		}
	})
}

func TestMalformed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, in := range []string{"", "a,b\nc,d\n", "PK\x03\x04broken"} {
			if _, err := o.Upload(t.Context(), ying, "x.xlsx", strings.NewReader(in)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", in, err)
			}
		}
		if n := count(t, o, "register_imports") + count(t, o, "register_items"); n != 0 {
			t.Errorf("%d rows were kept of malformed files", n)
		}
		if err := o.Start(t.Context(), ying, "no such import"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestTakenIn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		f := upload(t, o, "clinic-north.xlsx")
		if n := count(t, o, "cases"); n != 0 || f.State != register.Ready || f.Name != "clinic-north.xlsx" {
			t.Fatalf("before the start: %d cases, %+v", n, f)
		}
		began := time.Now()
		run(t, o, f.ID)
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%d rows took %s", f.Rows, took)
		} else {
			t.Logf("%d rows took %s", f.Rows, took)
		}
		f, items := show(t, o, f.ID)
		states := map[string]int{}
		for _, it := range items {
			states[it.State]++
			if it.State != register.Waiting && len(it.Draft.Values) > 0 {
				t.Errorf("row %d is %s and yet its values are kept", it.Row, it.State)
			}
		}
		if f.State != register.Done || f.Next != f.Units || states[register.Pending] != 0 || states[register.Waiting] != f.Queue ||
			states[register.Refused] != f.Refuse || f.Created != states[register.Taken] || states[register.Taken]+states[register.Already] != f.Import {
			t.Errorf("%+v, rows %v", f, states)
		}
		if got, want := count(t, o, "cases"), casesOf(items); got != want {
			t.Errorf("%d case files, want %d", got, want)
		}
		if got := count(t, o, "case_persons"); got != states[register.Taken] {
			t.Errorf("%d persons in case files, %d rows taken", got, states[register.Taken])
		}
		sealed(t, o)
		if n, err := o.log.Verify(t.Context()); err != nil || n == 0 {
			t.Errorf("audit: %d, %v", n, err)
		}
	})
}

func casesOf(items []register.Item) int {
	ids := map[string]bool{}
	for _, it := range items {
		if it.CaseID != "" {
			ids[it.CaseID] = true
		}
	}
	return len(ids)
}

// sealed looks for names, numbers and villages in the rows as stored.
func sealed(t *testing.T, o *office) {
	t.Helper()
	var rows []map[string]any
	for _, table := range []string{"register_imports", "register_items"} {
		var some []map[string]any
		if err := o.db.Reader(t.Context()).Raw("SELECT * FROM " + table).Scan(&some).Error; err != nil {
			t.Fatal(err)
		}
		rows = append(rows, some...)
	}
	for _, r := range rows {
		for col, v := range r {
			b, ok := v.([]byte)
			if s, isText := v.(string); isText {
				b, ok = []byte(s), true
			}
			for _, secret := range []string{"จะอื่อ", "6000050114033", "ห้วยม่วงคำ", "081-000-1145", "62/005", "clinic-north"} {
				if ok && bytes.Contains(b, []byte(secret)) {
					t.Fatalf("%s holds %q in clear", col, secret)
				}
			}
		}
	}
	if len(rows) < 100 {
		t.Fatal("no rows were looked at")
	}
}

func TestAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, name := range []string{"clinic-north.xlsx", "labour-2567.csv"} {
			first := upload(t, o, name)
			if again := upload(t, o, name); again.ID != first.ID {
				t.Errorf("%s: the same file, not started, became another import", name)
			}
			run(t, o, first.ID)
			cases, persons := count(t, o, "cases"), count(t, o, "case_persons")
			_, waiting, err := o.Waiting(t.Context(), ying, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, change := range []func(*register.Book){nil, savedAgain} {
				o.change = change
				next := upload(t, o, name)
				if next.ID == first.ID {
					t.Fatalf("%s: a finished import was taken up again", name)
				}
				run(t, o, next.ID)
				f, _ := show(t, o, next.ID)
				if f.Created != 0 || count(t, o, "cases") != cases || count(t, o, "case_persons") != persons {
					t.Errorf("%s taken in again: %d rows, %d cases (%d before)", name, f.Created, count(t, o, "cases"), cases)
				}
				if _, n, err := o.Waiting(t.Context(), ying, 0, 1); err != nil || n != waiting {
					t.Errorf("%s taken in again: %d rows wait, %d before", name, n, waiting)
				}
			}
			o.change = nil
		}
	})
}

// savedAgain is the same register from another hand: other bytes, a line more
// at the top, numbers written in another way.
func savedAgain(b *register.Book) {
	for i := range b.Sheets {
		s := &b.Sheets[i]
		s.Rows = append([][]register.Cell{{{Text: "ฉบับใหม่"}}}, s.Rows...)
		for _, r := range s.Rows {
			for c := range r {
				if r[c].Kind == register.Text {
					r[c].Text = strings.ReplaceAll(r[c].Text, "-", " - ") + " "
				}
			}
		}
	}
}

// TestNewMember adds a person to a family of a register that is in already.
func TestNewMember(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		head := "ลำดับ,เลขที่เคส,วันที่รับเรื่อง,ชื่อ-สกุล,ปัญหา\n"
		one := "1,69/001,5 ม.ค. 2569,นางนาสี จะอื่อ,ไม่มีบัตร\n"
		for n, body := range []string{one, one + "2,69/001,,ด.ช.จะบู จะอื่อ,\n"} {
			f, err := o.Upload(t.Context(), ying, "r.csv", strings.NewReader(head+body))
			if err != nil {
				t.Fatal(err)
			}
			run(t, o, f.ID)
			if c, p := count(t, o, "cases"), count(t, o, "case_persons"); c != 1 || p != n+1 {
				t.Errorf("after file %d: %d cases, %d persons", n+1, c, p)
			}
		}
	})
}

func TestBrokenOff(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		whole := newOffice(t, o.db)
		f := upload(t, o, "clinic-north.xlsx")
		calls := 0
		o.before = func() error {
			if calls++; calls == 60 {
				return errors.New("the power went")
			}
			return nil
		}
		if err := o.Start(t.Context(), ying, f.ID); err != nil {
			t.Fatal(err)
		}
		if err := o.Run(t.Context(), f.ID); err == nil {
			t.Fatal("the failure was not told")
		}
		half, _ := show(t, o, f.ID)
		if half.State != register.Failed || half.Next == 0 || half.Next >= half.Units || count(t, o, "cases") == 0 {
			t.Fatalf("after the failure: %+v, %d cases", half, count(t, o, "cases"))
		}
		run(t, whole, f.ID)
		done, items := show(t, whole, f.ID)
		if done.State != register.Done || count(t, o, "cases") != casesOf(items) || done.Created+done.Already != done.Import {
			t.Errorf("after going on: %+v, %d cases", done, count(t, o, "cases"))
		}
	})
}

// TestKilled leaves an import running without anybody who runs it, as after kill -9.
func TestKilled(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		f := upload(t, o, "labour-2567.csv")
		if err := o.Start(t.Context(), ying, f.ID); err != nil {
			t.Fatal(err)
		}
		next := newOffice(t, o.db)
		if err := next.Resume(t.Context()); err != nil || len(next.jobs) != 1 || next.jobs[0] != f.ID {
			t.Fatalf("after a restart the jobs are %v: %v", next.jobs, err)
		}
		for range 2 { // the first job is still there too
			if err := next.Run(t.Context(), f.ID); err != nil {
				t.Fatal(err)
			}
		}
		if done, _ := show(t, next, f.ID); done.State != register.Done || done.Created != done.Import {
			t.Errorf("%+v", done)
		}
	})
}

func TestStopped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Chunk = 10
		f := upload(t, o, "labour-2567.csv")
		if err := o.Start(t.Context(), ying, f.ID); err != nil {
			t.Fatal(err)
		}
		if err := o.Cancel(t.Context(), ying, f.ID); err != nil {
			t.Fatal(err)
		}
		if err := o.Run(t.Context(), f.ID); err != nil {
			t.Fatal(err)
		}
		if s, _ := show(t, o, f.ID); s.State != register.Stopped || s.Created != 0 {
			t.Errorf("after stop: %+v", s)
		}
		o.jobs = nil
		run(t, o, f.ID)
		if s, _ := show(t, o, f.ID); s.State != register.Done || s.Created != s.Import {
			t.Errorf("after going on: %+v", s)
		}
	})
}

func TestDropped(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		f := upload(t, o, "clinic-north.xlsx")
		if err := o.Drop(t.Context(), ying, f.ID); err != nil {
			t.Fatal(err)
		}
		if err := o.Start(t.Context(), ying, f.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("a dropped import was started: %v", err)
		}
		_, items := show(t, o, f.ID)
		for _, it := range items {
			if len(it.Draft.Values) > 0 {
				t.Fatal("values of a dropped import are kept")
			}
		}
		if again := upload(t, o, "clinic-north.xlsx"); again.ID == f.ID {
			t.Error("a dropped import came back")
		}
	})
}

func TestDecide(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		f := upload(t, o, "clinic-north.xlsx")
		run(t, o, f.ID)
		ctx := t.Context()
		waiting, total, err := o.Waiting(ctx, ying, 0, 200)
		if err != nil || total != f.Queue || len(waiting) != f.Queue {
			t.Fatalf("%d of %d rows wait, want %d: %v", len(waiting), total, f.Queue, err)
		}
		it := find(t, waiting, 18) // the third child of 62/005: a wrong check digit
		if len(it.Draft.Intake.Persons) != 1 || it.Draft.Cells["id"] == "" || it.Why[0] != "id_check_digit" {
			t.Fatalf("row 18: %+v", it.Why)
		}
		if _, err := o.Decide(ctx, ying, it.ID, register.Decision{Discard: "just so"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a reason that is none: %v", err)
		}
		bad := it.Draft.Intake
		bad.Persons = []casework.Person{{Given: "บุญมี", Birth: "2099"}}
		if _, err := o.Decide(ctx, ying, it.ID, register.Decision{Intake: bad}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a birth in the future: %v", err)
		}
		cases, persons := count(t, o, "cases"), count(t, o, "case_persons")
		id, err := o.Decide(ctx, ying, it.ID, register.Decision{Intake: it.Draft.Intake})
		if err != nil || id == "" {
			t.Fatal(err)
		}
		if count(t, o, "cases") != cases || count(t, o, "case_persons") != persons+1 {
			t.Error("the child did not join the family's case file")
		}
		if _, err := o.Decide(ctx, ying, it.ID, register.Decision{Discard: "error"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		single := find(t, waiting, 187) // a case of one person with an unclear date
		single.Draft.Intake.OpenedOn = "2024-06-12"
		if _, err := o.Decide(ctx, ying, single.ID, register.Decision{Intake: single.Draft.Intake}); err != nil {
			t.Fatal(err)
		}
		if count(t, o, "cases") != cases+1 {
			t.Error("no case file was made of a decided row")
		}
		gone := find(t, waiting, 276)
		if _, err := o.Decide(ctx, ying, gone.ID, register.Decision{Discard: "not_a_client"}); err != nil {
			t.Fatal(err)
		}
		row, err := o.Row(ctx, ying, gone.ID)
		if err != nil || row.State != register.Discarded || len(row.Draft.Values) != 0 || row.DecidedBy != "ying" {
			t.Errorf("put aside: %+v, %v", row, err)
		}
		if _, n, _ := o.Waiting(ctx, ying, 0, 1); n != total-3 {
			t.Errorf("%d rows wait, want %d", n, total-3)
		}
		o.change = savedAgain // and what was decided is not asked again
		again := upload(t, o, "clinic-north.xlsx")
		run(t, o, again.ID)
		if _, n, _ := o.Waiting(ctx, ying, 0, 1); n != total-3 {
			t.Errorf("after the file came again %d rows wait, want %d", n, total-3)
		}
	})
}

func find(t *testing.T, items []register.Item, row int) register.Item {
	t.Helper()
	for _, it := range items {
		if it.Row == row && it.Table == register.Cases {
			return it
		}
	}
	t.Fatalf("row %d does not wait", row)
	return register.Item{}
}
