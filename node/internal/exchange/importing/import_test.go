package importing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/internal/exchange/importing"
)

const testdata = "../../../clinic/register/testdata/"

func dry(t *testing.T, file string, asJSON bool) (string, error) {
	t.Helper()
	var out bytes.Buffer
	_, err := importing.Import(t.Context(), importing.Options{File: file, DryRun: true, JSON: asJSON,
		Now: func() time.Time { return time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC) },
		Say: func(key string, args ...any) string { return key + fmt.Sprint(args...) }}, &out)
	return out.String(), err
}

func TestWrongFiles(t *testing.T) {
	text := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(text, []byte("a;b\n1;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, key := range map[string]string{
		filepath.Join(t.TempDir(), "absent.xlsx"): "imports.fault.unreadable",
		t.TempDir(): "imports.fault.unreadable",
		text:        "imports.fault.layout",
		"import.go": "imports.fault.layout",
	} {
		out, err := dry(t, file, true)
		if !fault.Is(err, fault.Invalid) || fault.As(err).Key != key || out != "" {
			t.Errorf("%s: %v, %q", file, err, out)
		}
	}
}

func TestDryRun(t *testing.T) {
	raw, err := dry(t, testdata+"clinic-north.xlsx", true)
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Rows, Import, Queue, Refuse int
		Records                     []struct {
			Sheet, Table, Do string
			Row              int
			Why              []string
			Values           map[string]any
		}
	}
	d := json.NewDecoder(strings.NewReader(raw))
	if err := d.Decode(&plan); err != nil {
		t.Fatal(err)
	}
	if plan.Rows != 322 || len(plan.Records) != plan.Rows || plan.Import+plan.Queue+plan.Refuse != plan.Rows {
		t.Errorf("%d rows, %d records, %d + %d + %d", plan.Rows, len(plan.Records), plan.Import, plan.Queue, plan.Refuse)
	}
	for _, r := range plan.Records {
		if r.Table == "" || r.Do == "" || r.Why == nil || r.Values == nil {
			t.Fatalf("row %d: %+v", r.Row, r)
		}
	}
	text, err := dry(t, testdata+"labour-2567.csv", false)
	if err != nil || !strings.Contains(text, "imports.why.id_scientific") {
		t.Errorf("%v:\n%s", err, text)
	}
	for _, secret := range []string{"โซ วิน", "CI000403", "092-000-1147"} {
		if strings.Contains(text, secret) {
			t.Errorf("the printed text holds %q", secret)
		}
	}
}
