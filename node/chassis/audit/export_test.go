package audit_test

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
)

func exported(t *testing.T, l *audit.Log) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := l.Export(context.Background(), &out, "https://clinic.example"); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestCopyThatDoesNotHold: whatever is done to an export by hand is found, and where.
func TestCopyThatDoesNotHold(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, l *audit.Log) {
		fill(t, l, 5)
		if err := l.Append(t.Context(), audit.Entry{Chain: "egress", Actor: "system", Act: "gate.decide", Outcome: "denied"}); err != nil {
			t.Fatal(err)
		}
		whole := exported(t, l)
		lines := strings.SplitAfter(strings.TrimSuffix(whole, "\n"), "\n") // header, egress 1, main 1-5, end
		if len(lines) != 8 {
			t.Fatalf("%d lines", len(lines))
		}
		without := func(drop ...int) string {
			var kept strings.Builder
			for i, one := range lines {
				gone := false
				for _, d := range drop {
					gone = gone || d == i
				}
				if !gone {
					kept.WriteString(one)
				}
			}
			return kept.String()
		}
		for name, c := range map[string]struct {
			text string
			line int64
			what string
		}{
			"nothing":               {"", 1, audit.BadForm},
			"something else":        {"hello\n", 1, audit.BadForm},
			"another version":       {strings.Replace(whole, `"saphan_ledger":1`, `"saphan_ledger":2`, 1), 1, audit.BadForm},
			"the end is cut off":    {without(7), 7, audit.Cut},
			"cut within a line":     {whole[:len(whole)-10], 8, audit.BadForm},
			"an actor is another":   {strings.Replace(whole, `"actor":"u1"`, `"actor":"u2"`, 1), 3, audit.Altered},
			"an hour is another":    {strings.Replace(whole, `"at":`+millis(), `"at":1`, 1), 2, audit.Altered},
			"a line is gone":        {without(4), 5, audit.Missing},
			"the last lines":        {without(5, 6), 6, audit.Missing},
			"last line, end mended": {strings.Replace(without(6), `"lines":6`, `"lines":5`, 1), 7, audit.Missing},
			"a chain is gone":       {strings.Replace(without(1), `"lines":6`, `"lines":5`, 1), 7, audit.Missing},
			"a line twice":          {lines[0] + lines[1] + lines[2] + lines[2] + strings.Join(lines[3:], ""), 4, audit.Missing},
			"more behind the end":   {whole + lines[2], 9, audit.Beyond},
			"a chain of one's own":  {strings.Replace(whole, `{"chain":"egress","seq":1,"hash":`+headOf(whole)+`},`, "", 1), 8, audit.Beyond},
			"an unknown name":       {strings.Replace(whole, `"act":"case.read"`, `"act":"case.read","note":"x"`, 1), 3, audit.BadForm},
			"a line without end":    {lines[0] + strings.Repeat("x", 70<<10), 2, audit.BadForm},
		} {
			_, err := audit.VerifyCopy(strings.NewReader(c.text))
			var bad *audit.BadCopy
			if !errors.As(err, &bad) || bad.Line != c.line || bad.What != c.what {
				t.Errorf("%s: %v, want %s at line %d", name, err, c.what, c.line)
			}
		}
		got, err := audit.VerifyCopy(strings.NewReader(whole))
		if err != nil || got.Lines != 6 || got.Server != "https://clinic.example" || !got.Made.Equal(noon) || len(got.Heads) != 2 {
			t.Fatalf("%+v %v", got, err)
		}
	})
}

func millis() string { return strconv.FormatInt(noon.UnixMilli(), 10) }

// headOf is the hash, in quotes, of the first head of an export.
func headOf(export string) string {
	_, rest, _ := strings.Cut(export, `"hash":`)
	return rest[:66]
}

// TestCompareWithAnEarlierCopy: a ledger that has only grown holds against a copy; one
// that was made anew, without a trace within itself, does not.
func TestCompareWithAnEarlierCopy(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
		ctx := t.Context()
		fill(t, l, 4)
		early := exported(t, l)
		fill(t, l, 3)
		if c, err := l.Compare(ctx, strings.NewReader(early)); err != nil || c.Lines != 4 {
			t.Fatalf("%+v %v", c, err)
		}
		var bad *audit.BadCopy
		if _, err := l.Compare(ctx, strings.NewReader(strings.Replace(early, "u1", "u2", 1))); !errors.As(err, &bad) {
			t.Errorf("a copy that was altered: %v", err)
		}
		dropTriggers(t, db)
		for _, q := range []string{"DELETE FROM audit_ledger", "DELETE FROM audit_heads"} {
			exec(t, db, q)
		}
		again := audit.New(db, clock)
		if err := again.Append(ctx, audit.Entry{Actor: "u9", Act: "case.read", Outcome: audit.OK}); err != nil {
			t.Fatal(err)
		}
		fill(t, again, 6)
		if _, err := again.Verify(ctx); err != nil {
			t.Fatalf("the forged ledger does not even hold by itself: %v", err)
		}
		var broken *audit.Broken
		if _, err := again.Compare(ctx, strings.NewReader(early)); !errors.As(err, &broken) || broken.Seq != 4 || broken.What != audit.HeadGone {
			t.Errorf("a ledger made anew: %v", err)
		}
	})
}

// TestExportOfABrokenLedger writes what is there; the copy says where it does not hold.
func TestExportOfABrokenLedger(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, l *audit.Log) {
		fill(t, l, 3)
		dropTriggers(t, db)
		exec(t, db, "UPDATE audit_ledger SET actor = 'u7' WHERE seq = 2")
		_, err := audit.VerifyCopy(strings.NewReader(exported(t, l)))
		var bad *audit.BadCopy
		if !errors.As(err, &bad) || bad.Line != 3 || bad.What != audit.Altered {
			t.Error(err)
		}
	})
}
