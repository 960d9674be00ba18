// Package importing is what the command "node import" does: it reads a file of
// any known format, says what would be done with each row, and takes it in.
package importing

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/register"
	"github.com/saphan-network/saphan/node/internal/exchange/sheet"
)

// Options say what to do. A dry run needs File, Now and Say only.
type Options struct {
	File   string
	DryRun bool
	JSON   bool // print the plan (dry run) or the result as one JSON document
	Now    func() time.Time
	// Say says a message in the person's language.
	Say     func(key string, args ...any) string
	Service *register.Service
	Actor   clinic.Actor
}

// Result is what was done, for JSON.
type Result struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Rows    int    `json:"rows"`
	Taken   int    `json:"taken"`
	Already int    `json:"already"`
	Queue   int    `json:"queue"`
	Refuse  int    `json:"refuse"`
}

// Import reads o.File and, unless it is a dry run, takes it in. The result of a
// dry run is empty: nothing was done. The error is a fault whose key o.Say
// knows. Names and numbers of people are printed by a dry run with JSON only.
func Import(ctx context.Context, o Options, out io.Writer) (Result, error) {
	f, err := os.Open(o.File)
	if err != nil {
		return Result{}, fault.Wrap(fault.Invalid, "imports.fault.unreadable", err)
	}
	defer f.Close()
	if o.DryRun {
		return Result{}, dry(o, f, out)
	}
	r, err := take(ctx, o, f)
	if err != nil {
		return r, err
	}
	if o.JSON {
		return r, write(out, r)
	}
	_, err = fmt.Fprintln(out, o.Say("imports.command.done", "rows", r.Rows, "taken", r.Taken, "already", r.Already, "queue", r.Queue, "refuse", r.Refuse))
	return r, err
}

// take does what a person does on the pages: upload, start, wait for the end. Of
// a file whose rows were here before, fewer wait than its plan said, so what
// waits is counted.
func take(ctx context.Context, o Options, f io.Reader) (Result, error) {
	file, err := o.Service.Upload(ctx, o.Actor, o.File, f)
	if err != nil {
		return Result{}, err
	}
	if err := o.Service.StartHere(ctx, o.Actor, file.ID); err != nil {
		return Result{}, err
	}
	if err := o.Service.Run(ctx, file.ID); err != nil {
		return Result{}, err
	}
	file, _, waiting, err := o.Service.Show(ctx, o.Actor, file.ID, register.Filter{State: register.Waiting, Limit: 1})
	if err != nil {
		return Result{}, err
	}
	_, _, refused, err := o.Service.Show(ctx, o.Actor, file.ID, register.Filter{State: register.Refused, Limit: 1})
	return Result{ID: file.ID, State: string(file.State), Rows: file.Rows, Taken: file.Created, Already: file.Already, Queue: waiting, Refuse: refused}, err
}

// dry says what would be done. Without JSON only row numbers and reasons are
// printed, so that the text may be sent to a colleague.
func dry(o Options, f io.Reader, out io.Writer) error {
	book, _, err := sheet.Decode(f)
	if err != nil {
		return err
	}
	plan, err := register.Read(book, register.Options{Today: o.Now()})
	if err != nil {
		return err
	}
	if o.JSON {
		return write(out, plan)
	}
	var b strings.Builder
	fmt.Fprintln(&b, o.Say("imports.command.plan", "rows", plan.Rows, "import", plan.Import, "queue", plan.Queue, "refuse", plan.Refuse))
	for i, t := range plan.Tables {
		if i > 0 || t.Sheet != "" {
			fmt.Fprintf(&b, "\n%s\n", t.Sheet)
		}
		for _, r := range plan.Records {
			if r.Sheet != t.Sheet || r.Do == register.Import {
				continue
			}
			for _, code := range r.Why {
				fmt.Fprintln(&b, o.Say("imports.command.row", "row", r.Row, "why", o.Say("imports.why."+code)))
			}
		}
	}
	_, err = io.WriteString(out, b.String())
	return err
}

func write(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
