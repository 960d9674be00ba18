package staffweb_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
)

// send posts a file to be compared; "-" sends a form without a file.
func (br *browser) send(t *testing.T, text string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	if text != "-" {
		f, err := m.CreateFormFile("file", "copy")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(text))
	}
	_ = m.Close()
	r := httptest.NewRequest("POST", base+"/ledger/compare", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	for k, v := range br.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	br.b.ServeHTTP(w, r)
	return w
}

func TestCopiesOfTheLedger(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.person(t, "preeda", "Preeda", "auditor")
		b.person(t, "mali", "Mali", "caseworker")
		other, br := b.browser(), b.browser()
		other.signIn(t, "mali")
		if w := other.send(t, "x"); w.Code != 403 {
			t.Errorf("a caseworker compares: %d", w.Code)
		}
		if w := other.post("/ledger/export"); w.Code != 403 {
			t.Errorf("a caseworker takes a copy: %d", w.Code)
		}
		br.signIn(t, "preeda")
		w := br.post("/ledger/export")
		text := w.Body.String()
		if _, err := audit.VerifyCopy(strings.NewReader(text)); w.Code != 200 || err != nil {
			t.Fatalf("the copy: %d %v", w.Code, err)
		}
		if h := w.Header(); h.Get("Cache-Control") != "no-store" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
			t.Errorf("kept or shown by a browser: %v", h)
		}
		if !strings.Contains(text, `"act":"export-ledger"`) {
			t.Error("that a copy was taken is not in the ledger")
		}
		for name, c := range map[string]struct {
			text   string
			status int
			says   string
		}{
			"no file":           {"-", 422, `f-file`},
			"no copy":           {"hello", 422, "ไฟล์นี้ไม่ใช่สำเนา"},
			"cut short":         {text[:len(text)-12], 422, "สำเนานี้ใช้เป็นหลักฐานไม่ได้"},
			"of another server": {strings.Replace(text, base, "https://other.example", 1), 422, "เป็นของเครื่องอื่น"},
			"as it was":         {text, 200, "ไม่มีบรรทัดใดถูกแก้"},
		} {
			if w := br.send(t, c.text); w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		if b.db.Dialect() == database.SQLite {
			b.exec(t, "DROP TRIGGER audit_ledger_no_update")
		} else {
			b.exec(t, "ALTER TABLE audit_ledger DISABLE TRIGGER USER")
		}
		b.exec(t, "UPDATE audit_ledger SET actor = 'nobody' WHERE seq = 2")
		if w := br.send(t, text); w.Code != 422 || !strings.Contains(w.Body.String(), "ถูกแก้หลังวันคัดสำเนา") {
			t.Errorf("a ledger that was changed: %d", w.Code)
		}
	})
}

func (b *bench) exec(t *testing.T, q string) {
	t.Helper()
	if err := b.db.Conn(ctx).Exec(q).Error; err != nil {
		t.Fatal(err)
	}
}
