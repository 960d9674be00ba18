package staffweb

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/staffui"
	"github.com/saphan-network/saphan/web/ui"
)

// maxCopy is the size in bytes of the largest copy that is compared on the page; a
// larger one is compared at the machine.
const maxCopy = 64 << 20

const comparePath = "/ledger/compare"

func (p *Pages) copies(c *gin.Context) error {
	return p.cfg.App.Show(c, http.StatusOK, "ledger.copy.title", staffui.CopiesPage{})
}

// exportLedger sends the whole ledger. What breaks on the way shows in the copy: its
// end is not there.
func (p *Pages) exportLedger(c *gin.Context) error {
	u, ctx := p.cfg.App.User(c), c.Request.Context()
	actor := clinic.Actor{UserID: u.ID, Roles: u.Roles, Active: true}
	if err := p.cfg.Ledger.Record(ctx, actor, "export-ledger", clinic.Object{Type: "ledger"}, audit.OK, nil); err != nil {
		return err
	}
	c.Header("Content-Type", "application/jsonl")
	c.Header("Content-Disposition", `attachment; filename="saphan-ledger-`+time.Now().UTC().Format(time.DateOnly)+`.jsonl"`)
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusOK)
	_, err := p.cfg.Ledger.Export(ctx, c.Writer, p.cfg.BaseURL)
	return err
}

func (p *Pages) compareLedger(c *gin.Context) error {
	page, status := staffui.CopiesPage{}, http.StatusUnprocessableEntity
	wrong := func(key string) error {
		page.Errors = ui.Errors{{Field: "file", Text: ui.T(key)}}
		return p.cfg.App.Show(c, status, "ledger.copy.title", page)
	}
	head, err := c.FormFile("file")
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			status = http.StatusRequestEntityTooLarge
			return wrong("ledger.copy.too_large")
		}
		return wrong("ledger.copy.file")
	}
	f, err := head.Open()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	got, err := p.cfg.Ledger.Compare(c.Request.Context(), f)
	var bad *audit.BadCopy
	var broken *audit.Broken
	switch {
	case errors.As(err, &bad) && bad.What == audit.BadForm && bad.Line == 1:
		return wrong("ledger.copy.form")
	case errors.As(err, &bad):
		page.Result = staffui.CopyBad
		page.Line = strconv.FormatInt(bad.Line, 10)
	case errors.As(err, &broken):
		page.Result = staffui.LedgerBad
		page.Line = strconv.FormatInt(broken.Seq, 10)
	case err != nil:
		return err
	case got.Server != p.cfg.BaseURL:
		page.Result = staffui.CopyForeign
	default:
		page.Result, status = staffui.CopyGood, http.StatusOK
	}
	page.Server, page.Made, page.Lines = got.Server, got.Made, int(got.Lines)
	return p.cfg.App.Show(c, status, "ledger.copy.title", page)
}

// limitCopies lets the copies in; ginweb bounds all other bodies far lower.
func (p *Pages) limitCopies() { p.cfg.App.BodyLimit(comparePath, maxCopy) }
