package api

import (
	"context"
	"time"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
)

// Cases is what is read of the case files.
type Cases interface {
	List(ctx context.Context, actor clinic.Actor, f casework.Filter) (casework.Page, error)
	Show(ctx context.Context, actor clinic.Actor, id string) (casework.Case, error)
	Reveal(ctx context.Context, actor clinic.Actor, id string) (casework.Case, error)
	Timeline(ctx context.Context, actor clinic.Actor, id string) ([]casework.Event, error)
	Consents(ctx context.Context, actor clinic.Actor, id string) ([]consent.Record, error)
	Create(ctx context.Context, actor clinic.Actor, in casework.Intake) (casework.Case, error)
}

// Item is a case in a list.
type Item struct {
	ID          string    `json:"id"`
	LocalNumber string    `json:"local_number,omitempty"`
	Name        string    `json:"name,omitempty" doc:"given name and masked family name; only for who may read identities"`
	Persons     int       `json:"persons"`
	Status      string    `json:"status" enum:"intake,screening,open,on_hold,closed"`
	Since       time.Time `json:"since"`
	Owner       string    `json:"owner,omitempty" doc:"id of the person who has it"`
	OpenedOn    string    `json:"opened_on,omitempty" doc:"ISO date, may be partial"`
	Issues      []string  `json:"issues,omitempty" doc:"vocabulary issue"`
	Province    string    `json:"province,omitempty" doc:"vocabulary province"`
	WakeOn      string    `json:"wake_on,omitempty"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// Items is one page of a list.
type Items struct {
	Items []Item `json:"items"`
	Total int    `json:"total" doc:"cases that this person may see"`
	Page  int    `json:"page"`
	Size  int    `json:"size"`
	More  bool   `json:"more" doc:"the search found more than it counted"`
}

// Case is one case file. Names, numbers and the like are masked or left out unless
// identities were asked for.
type Case struct {
	ID          string    `json:"id"`
	Version     int64     `json:"version" doc:"send it with a change"`
	LocalNumber string    `json:"local_number,omitempty"`
	Status      string    `json:"status"`
	Next        []string  `json:"next" doc:"states that it may move to"`
	Since       time.Time `json:"since"`
	Openness    int       `json:"openness" doc:"1 restricted, 2 the team"`
	Owner       string    `json:"owner,omitempty"`
	Assigned    []string  `json:"assigned,omitempty"`
	OpenedOn    string    `json:"opened_on,omitempty"`
	Issues      []string  `json:"issues,omitempty"`
	Province    string    `json:"province,omitempty"`
	Amphoe      string    `json:"amphoe,omitempty"`
	Problem     string    `json:"problem,omitempty"`
	Interpreter string    `json:"interpreter,omitempty" doc:"yes, no, or left out"`
	Guardian    string    `json:"guardian,omitempty" doc:"yes, no, or left out"`
	LegalBasis  string    `json:"legal_basis,omitempty" doc:"vocabulary legal_basis"`
	Conflict    string    `json:"conflict,omitempty"`
	HoldReason  string    `json:"hold_reason,omitempty"`
	WakeOn      string    `json:"wake_on,omitempty"`
	CloseReason string    `json:"close_reason,omitempty"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
	Persons     []Person  `json:"persons"`
}

// Person is a client or a member of the household.
type Person struct {
	ID             string   `json:"id,omitempty" doc:"left out when a person is added"`
	Role           string   `json:"role,omitempty" enum:"client,member,"`
	Title          string   `json:"title,omitempty" maxLength:"60"`
	Given          string   `json:"given,omitempty" maxLength:"200"`
	Family         string   `json:"family,omitempty" maxLength:"200"`
	OtherNames     []string `json:"other_names,omitempty" maxItems:"20"`
	IDNumber       string   `json:"id_number,omitempty" maxLength:"60"`
	Phone          string   `json:"phone,omitempty" maxLength:"60"`
	Village        string   `json:"village,omitempty" maxLength:"300"`
	Address        string   `json:"address,omitempty" maxLength:"1000"`
	Birth          string   `json:"birth,omitempty" doc:"ISO date, Christian era, may be partial" maxLength:"10"`
	BirthPrecision string   `json:"birth_precision,omitempty" doc:"day, month, year, circa"`
	Sex            string   `json:"sex,omitempty" doc:"vocabulary sex"`
	Nationality    string   `json:"nationality,omitempty" doc:"vocabulary nationality"`
	Ethnicity      string   `json:"ethnicity,omitempty" maxLength:"200"`
	Status         string   `json:"status,omitempty" doc:"vocabulary status_family"`
}

// Intake is a new case.
type Intake struct {
	Key         string   `json:"key" doc:"the same key makes one case, however often it is sent" minLength:"8" maxLength:"100"`
	OpenedOn    string   `json:"opened_on,omitempty" maxLength:"10"`
	LocalNumber string   `json:"local_number,omitempty" maxLength:"60"`
	Province    string   `json:"province,omitempty"`
	Amphoe      string   `json:"amphoe,omitempty" maxLength:"200"`
	Issues      []string `json:"issues,omitempty" maxItems:"40"`
	Problem     string   `json:"problem,omitempty" maxLength:"20000"`
	Interpreter string   `json:"interpreter,omitempty" enum:"yes,no,"`
	Guardian    string   `json:"guardian,omitempty" enum:"yes,no,"`
	Persons     []Person `json:"persons" minItems:"1" maxItems:"60"`
}

// Event is one line of a case's timeline.
type Event struct {
	ID     string            `json:"id"`
	At     time.Time         `json:"at"`
	By     string            `json:"by" doc:"id of a person, or system"`
	Kind   string            `json:"kind"`
	Detail map[string]string `json:"detail,omitempty"`
	Text   string            `json:"text,omitempty"`
}

// One is the thing of a path.
type One struct {
	ID string `path:"id" maxLength:"60"`
}

func (a *API) cases() {
	read := []string{ReadCases}
	handle(a, op{"GET", "/cases", "list-cases", "Case files that the person may see", read, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		Status string `query:"status" enum:"intake,screening,open,on_hold,closed,"`
		Mine   bool   `query:"mine"`
		Page   int    `query:"page" minimum:"0" maximum:"100000"`
		Size   int    `query:"size" minimum:"0" maximum:"100"`
	}) (Items, error) {
		return a.list(ctx, who, casework.Filter{Status: casework.Status(in.Status), Mine: in.Mine, Page: in.Page, Size: in.Size})
	})
	handle(a, op{"POST", "/cases/search", "search-cases", "Search; what is looked for stays out of the address", read, 0}, func(ctx context.Context, who clinic.Actor, in *struct {
		Body struct {
			Query  string `json:"q" minLength:"1" maxLength:"200"`
			Status string `json:"status,omitempty" enum:"intake,screening,open,on_hold,closed,"`
			Page   int    `json:"page,omitempty" minimum:"0" maximum:"100000"`
		}
	}) (Items, error) {
		return a.list(ctx, who, casework.Filter{Query: in.Body.Query, Status: casework.Status(in.Body.Status), Page: in.Body.Page})
	})
	handle(a, op{"POST", "/cases", "create-case", "Write down a new case", []string{WriteCases}, 201}, func(ctx context.Context, who clinic.Actor, in *struct{ Body Intake }) (Case, error) {
		b := in.Body
		n := casework.Intake{Key: b.Key, OpenedOn: b.OpenedOn, LocalNumber: b.LocalNumber, ProvinceCode: b.Province, AmphoeName: b.Amphoe, Issues: b.Issues,
			Problem: b.Problem, Interpreter: b.Interpreter, GuardianPresent: b.Guardian, Channel: "api"}
		for _, p := range b.Persons {
			n.Persons = append(n.Persons, p.domain())
		}
		c, err := a.Cases.Create(ctx, who, n)
		return caseOf(c), err
	})
	handle(a, op{"GET", "/cases/{id}", "show-case", "A case file, with identities masked", read, 0}, func(ctx context.Context, who clinic.Actor, in *One) (Case, error) {
		c, err := a.Cases.Show(ctx, who, in.ID)
		return caseOf(c), err
	})
	handle(a, op{"POST", "/cases/{id}/identity", "reveal-case", "The same with names, numbers and addresses; the file says who read them", []string{ReadCases, ReadIdentity}, 0},
		func(ctx context.Context, who clinic.Actor, in *One) (Case, error) {
			c, err := a.Cases.Reveal(ctx, who, in.ID)
			return caseOf(c), err
		})
	handle(a, op{"GET", "/cases/{id}/timeline", "case-timeline", "What happened, the newest first", read, 0}, func(ctx context.Context, who clinic.Actor, in *One) ([]Event, error) {
		all, err := a.Cases.Timeline(ctx, who, in.ID)
		out := make([]Event, 0, len(all))
		for _, e := range all {
			out = append(out, Event{ID: e.ID, At: e.At, By: e.By, Kind: e.Kind, Detail: e.Detail, Text: e.Text})
		}
		return out, err
	})
}

func (a *API) list(ctx context.Context, who clinic.Actor, f casework.Filter) (Items, error) {
	p, err := a.Cases.List(ctx, who, f)
	if err != nil {
		return Items{}, err
	}
	out := Items{Items: []Item{}, Total: p.Total, Page: p.Page, Size: p.Size, More: p.More}
	for _, i := range p.Items {
		out.Items = append(out.Items, Item{ID: i.ID, LocalNumber: i.LocalNumber, Name: i.Name, Persons: i.Persons, Status: string(i.AdminStatus), Since: i.Since,
			Owner: i.OwnerID, OpenedOn: i.OpenedOn, Issues: i.Issues, Province: i.ProvinceCode, WakeOn: i.WakeOn, UpdatedAt: i.UpdatedAt})
	}
	return out, nil
}

func caseOf(c casework.Case) Case {
	out := Case{ID: c.ID, Version: c.Version, LocalNumber: c.LocalNumber, Status: string(c.AdminStatus), Next: []string{}, Since: c.Since, Openness: c.Openness,
		Owner: c.OwnerID, Assigned: c.Assigned, OpenedOn: c.OpenedOn, Issues: c.Issues, Province: c.ProvinceCode, Amphoe: c.AmphoeName, Problem: c.Problem,
		Interpreter: c.Interpreter, Guardian: c.GuardianPresent, LegalBasis: c.LegalBasis, Conflict: string(c.Conflict), HoldReason: c.HoldReason,
		WakeOn: c.WakeOn, CloseReason: c.CloseReason, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Persons: []Person{}}
	for _, s := range c.AdminStatus.Next() {
		out.Next = append(out.Next, string(s))
	}
	for _, p := range c.Persons {
		out.Persons = append(out.Persons, Person{ID: p.ID, Role: p.Role, Title: p.Title, Given: p.Given, Family: p.Family, OtherNames: p.OtherNames,
			IDNumber: p.IDNumber, Phone: p.Phone, Village: p.Village, Address: p.Address, Birth: p.Birth, BirthPrecision: p.BirthPrecision, Sex: p.Sex,
			Nationality: p.Nationality, Ethnicity: p.Ethnicity, Status: p.Status})
	}
	return out
}

func (p Person) domain() casework.Person {
	return casework.Person{ID: p.ID, Role: p.Role, Title: p.Title, Given: p.Given, Family: p.Family, OtherNames: p.OtherNames, IDNumber: p.IDNumber,
		Phone: p.Phone, Village: p.Village, Address: p.Address, Birth: p.Birth, BirthPrecision: p.BirthPrecision, Sex: p.Sex, Nationality: p.Nationality,
		Ethnicity: p.Ethnicity, Status: p.Status}
}
