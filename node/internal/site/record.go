package site

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// Processing is one line of the record of processing, in codes.
type Processing struct {
	Activity                          string
	Subjects, Kinds, Sensitive, Bases []string
	Inside, Outside                   []string
	Leaves                            []string // fields of which something may leave
	Keep                              []Keeping
	Places                            int
	Sealed                            bool
}

// Keeping is how long data of a class is kept.
type Keeping struct {
	Name  string
	Years int // 0: not a number of years
	From  string
	Ends  string // itself, hand, never
}

// RecordBook is the register of all data.
type RecordBook interface {
	Record() ([]Processing, []Keeping, error)
	Write(w io.Writer, format string) error // csv or json
}

// RecordConfig is what the pages of the record of processing stand on.
type RecordConfig struct {
	Book           RecordBook
	May            clinic.Authority
	NameTH, NameEN string
	Now            func() time.Time
}

// Record serves the record of processing.
type Record struct {
	app *ginweb.App
	RecordConfig
}

// NewRecord makes the pages.
func NewRecord(app *ginweb.App, cfg RecordConfig) *Record { return &Record{app, cfg} }

// Mount adds the routes.
func (r *Record) Mount(g gin.IRouter) {
	in := g.Group("/record", r.app.RequireUser())
	in.GET("", r.app.H(r.show))
	in.GET("/csv", r.app.H(r.file("csv", "text/csv; charset=utf-8")))
	in.GET("/json", r.app.H(r.file("json", "application/json; charset=utf-8")))
}

func (r *Record) may(c *gin.Context) error {
	return r.May.May(c.Request.Context(), actorOf(r.app, c), "read", clinic.Object{Type: "record"})
}

func (r *Record) file(format, media string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		if err := r.may(c); err != nil {
			return err
		}
		var out bytes.Buffer
		if err := r.Book.Write(&out, format); err != nil {
			return err
		}
		c.Header("Content-Disposition", `attachment; filename="record-of-processing.`+format+`"`)
		c.Data(http.StatusOK, media, out.Bytes())
		return nil
	}
}

func (r *Record) show(c *gin.Context) error {
	if err := r.may(c); err != nil {
		return err
	}
	record, keep, err := r.Book.Record()
	if err != nil {
		return err
	}
	page := nodeui.RecordPage{NameTH: r.NameTH, NameEN: r.NameEN, Made: r.Now()}
	for _, p := range record {
		page.Places += p.Places
		page.Activities = append(page.Activities, recordActivity(p))
	}
	page.Keep = ui.Table{Caption: ui.T("record.keep"), Head: []ui.Text{ui.T("record.keep.what"), ui.T("record.keep.long"), ui.T("record.keep.ends")}}
	for _, k := range keep {
		page.Keep.Rows = append(page.Keep.Rows, ui.Row{Cells: ui.Cells(ui.T("record.keep."+k.Name), until(k), ui.T("record.ends."+k.Ends))})
	}
	return r.app.Show(c, http.StatusOK, "record.title", page)
}

func until(k Keeping) ui.Text {
	if k.Years > 0 {
		return ui.T("record.keep.years."+k.From, "n", k.Years)
	}
	return ui.T("record.keep.until." + k.From)
}

func recordActivity(p Processing) nodeui.RecordActivity {
	a := nodeui.RecordActivity{ID: p.Activity, Title: ui.T("record.activity." + p.Activity), Purpose: ui.T("record.purpose." + p.Activity)}
	texts := func(prefix string, codes []string, none string) []ui.Text {
		var out []ui.Text
		for _, code := range codes {
			out = append(out, ui.T(prefix+code))
		}
		if out == nil {
			out = []ui.Text{ui.T(none)}
		}
		return out
	}
	var keep []ui.Text
	for _, k := range p.Keep {
		keep = append(keep, until(k))
	}
	a.Facts = ui.Facts{
		{Label: ui.T("record.subjects"), Values: texts("record.subject.", p.Subjects, "record.sensitive.none")},
		{Label: ui.T("record.kinds"), Values: texts("record.kind.", p.Kinds, "record.sensitive.none")},
		{Label: ui.T("record.sensitive"), Values: texts("record.kind.", p.Sensitive, "record.sensitive.none")},
		{Label: ui.T("record.bases"), Values: ui.Labels("legal_basis", p.Bases...)},
		{Label: ui.T("record.inside"), Values: texts("record.inside.", p.Inside, "record.inside.nobody")},
		{Label: ui.T("record.outside"), Values: texts("record.outside.", p.Outside, "record.outside.nobody")},
		{Label: ui.T("record.kept"), Values: keep},
	}
	if p.Sealed {
		a.Facts = append(a.Facts, ui.Fact{Label: ui.T("record.protected"), Values: []ui.Text{ui.T("record.protected.sealed")}})
	}
	for _, path := range p.Leaves {
		a.Outgoing = append(a.Outgoing, fieldText(path))
	}
	return a
}
