// Package api is what the pages do, for programs: JSON under /api/v1, described by
// /api/v1/openapi.json. Every call goes to the same services, and so through the
// same staff policy and the same gate, as the pages do; there is nothing here that
// a person could not do by hand. A program acts for a person, with a token of
// theirs, within the scopes that the token has.
package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/web/ginweb"
)

// Path is where the API is.
const Path = "/api/v1"

// The scopes that a token may have.
const (
	ReadCases      = "cases:read"
	WriteCases     = "cases:write"
	ReadIdentity   = "identity:read" // names, numbers and addresses, besides cases:read
	ReadReferrals  = "referrals:read"
	WriteReferrals = "referrals:write"
	ReadOffers     = "offers:read"
	WriteOffers    = "offers:write"
	ReadNetwork    = "network:read"
)

// Scopes lists them in the order in which they are shown.
func Scopes() []string {
	return []string{ReadCases, WriteCases, ReadIdentity, ReadReferrals, WriteReferrals, ReadOffers, WriteOffers, ReadNetwork}
}

// Caller is for whom a program acts, and how far.
type Caller struct {
	clinic.Actor
	Name, Login string
	Scopes      []string
}

// Config is what the API stands on; all are needed.
type Config struct {
	Version   string
	Bearer    func(ctx context.Context, secret string) (Caller, error)
	Cases     Cases
	Work      CaseWork
	Persons   Persons
	Referrals Referrals
	Moves     ReferralMoves
	Offers    Offers
	Answers   Answers
	Network   Network
}

// Mount adds the API to an engine in which the App is installed.
func Mount(e *gin.Engine, app *ginweb.App, cfg Config) {
	refusals.Do(func() { huma.NewError = refused })
	c := huma.DefaultConfig("Saphan", cfg.Version)
	c.Info.Description = "A member's own node: case files, referrals, offers, the network. " +
		"The same staff policy and the same egress gate hold as on the pages. Lists of codes are at /vocabularies."
	c.Info.License = &huma.License{Name: "AGPL-3.0-or-later", Identifier: "AGPL-3.0-or-later"}
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "/openapi", "", ""
	c.CreateHooks = nil // no $schema in answers
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	c.Servers = []*huma.Server{{URL: Path}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer",
		Description: "A token that a person made for this program under “My account”."}}
	g := e.Group(Path, keep(app))
	a := &API{Config: cfg, app: app, huma: humagin.NewWithGroup(e, g, c)}
	a.huma.UseMiddleware(a.admit)
	a.me()
	a.cases()
	a.casework()
	a.persons()
	a.referrals()
	a.offers()
	a.network()
}

// API registers the operations.
type API struct {
	Config
	app  *ginweb.App
	huma huma.API
}

type contextKey int

const (
	requestKey contextKey = iota // *request
)

// request is what the handlers of one request know of it.
type request struct {
	app    *ginweb.App
	gin    *gin.Context
	caller Caller
}

func keep(app *ginweb.App) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestKey, &request{app: app, gin: c}))
		c.Next()
	}
}

func of(ctx context.Context) *request { return ctx.Value(requestKey).(*request) }

// admit lets in who has a good token with all the scopes that an operation needs.
// A cookie opens nothing here.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	r := of(ctx.Context())
	var err error
	if secret, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer "); ok {
		r.caller, err = a.Bearer(ctx.Context(), secret)
	} else {
		err = fault.New(fault.Signature, "account.token.none")
	}
	if err == nil {
		for _, need := range ctx.Operation().Security[0]["token"] {
			if !slices.Contains(r.caller.Scopes, need) {
				err = fault.New(fault.Forbidden, "api.scope").With("scope", need)
			}
		}
	}
	if err == nil {
		next(ctx)
		return
	}
	if fault.Is(err, fault.Signature) {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="saphan"`)
	}
	p := r.app.Problem(r.gin, err)
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // who has gone needs no answer
}

// failure is an answer to a program that something was not done.
type failure struct{ ginweb.Problem }

// Error implements huma.StatusError.
func (f *failure) Error() string { return f.Code }

// GetStatus implements huma.StatusError.
func (f *failure) GetStatus() int { return f.Status }

// ContentType makes it an RFC 9457 document.
func (f *failure) ContentType(string) string { return "application/problem+json" }

// refusals puts refused in place, once in a process: the library has one function
// for all its users.
var refusals sync.Once

// refused says what is wrong with the form of a request, without the values that were
// sent: they may be a person's.
func refused(status int, _ string, errs ...error) huma.StatusError {
	f := &failure{ginweb.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Kind: string(fault.Invalid), Code: "api.request"}}
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			f.Fields = append(f.Fields, ginweb.FieldFault{Name: d.ErrorDetail().Location, Code: "api.request", Detail: d.ErrorDetail().Message})
		}
	}
	return f
}

// failed is the answer to an error of a service. What has the right form and cannot
// be accepted is 422, as on the pages; 400 is for what cannot be read.
func (r *request) failed(err error) error {
	p := r.app.Problem(r.gin, err)
	if p.Status == http.StatusBadRequest {
		p.Status = http.StatusUnprocessableEntity
	}
	return &failure{p}
}

type answer[T any] struct{ Body T }

type nothing struct{}

// op is one operation.
type op struct {
	method, path, id, summary string
	scopes                    []string
	status                    int // 0: 200, or 204 where there is no body
}

// handle registers an operation whose answer has a body.
func handle[I, T any](a *API, o op, f func(ctx context.Context, who clinic.Actor, in *I) (T, error)) {
	huma.Register(a.huma, o.describe(), func(ctx context.Context, in *I) (*answer[T], error) {
		r := of(ctx)
		body, err := f(ctx, r.caller.Actor, in)
		if err != nil {
			return nil, r.failed(err)
		}
		return &answer[T]{body}, nil
	})
}

// do registers an operation whose answer is that it was done.
func do[I any](a *API, o op, f func(ctx context.Context, who clinic.Actor, in *I) error) {
	o.status = http.StatusNoContent
	huma.Register(a.huma, o.describe(), func(ctx context.Context, in *I) (*nothing, error) {
		r := of(ctx)
		if err := f(ctx, r.caller.Actor, in); err != nil {
			return nil, r.failed(err)
		}
		return nil, nil
	})
}

func (o op) describe() huma.Operation {
	tag, _, _ := strings.Cut(strings.TrimPrefix(o.path, "/"), "/")
	scopes := o.scopes
	if scopes == nil {
		scopes = []string{}
	}
	return huma.Operation{OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Tags: []string{tag}, DefaultStatus: o.status,
		Security: []map[string][]string{{"token": scopes}}, Errors: []int{400, 401, 403, 404, 409, 422, 429, 500}}
}
