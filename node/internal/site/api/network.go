package api

import (
	"context"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/directory"
)

// Network is what is read of this node's membership.
type Network interface {
	Standing(ctx context.Context, who clinic.Actor) (directory.Standing, error)
	Members(ctx context.Context) ([]directory.Entry, directory.Version, error)
}

// Me is for whom the program acts.
type Me struct {
	ID     string   `json:"id"`
	Login  string   `json:"login"`
	Name   string   `json:"name"`
	Roles  []string `json:"roles"`
	Scopes []string `json:"scopes"`
}

// Membership is how this node stands with its network, and who else is in it.
type Membership struct {
	Hub     string   `json:"hub,omitempty"`
	HubName string   `json:"hub_name,omitempty"`
	State   string   `json:"state" doc:"empty: in no network"`
	Tier    string   `json:"tier,omitempty"`
	List    int64    `json:"list" doc:"number of the members list that is in force here"`
	Updated string   `json:"updated,omitempty"`
	Members []Member `json:"members"`
}

// Member is another member of the network.
type Member struct {
	Actor     string   `json:"actor"`
	Name      string   `json:"name"`
	Tier      string   `json:"tier"`
	State     string   `json:"state"`
	Services  []string `json:"services"`
	Regions   []string `json:"regions"`
	Languages []string `json:"languages"`
	Capacity  string   `json:"capacity,omitempty"`
}

// Code is one code of a list, with its words.
type Code struct {
	Code   string `json:"code"`
	TH     string `json:"th"`
	EN     string `json:"en"`
	Parent string `json:"parent,omitempty"`
}

func (a *API) me() {
	handle(a, op{"GET", "/me", "me", "For whom this token acts", nil, 0}, func(ctx context.Context, _ clinic.Actor, _ *struct{}) (Me, error) {
		c := of(ctx).caller
		return Me{ID: c.UserID, Login: c.Login, Name: c.Name, Roles: c.Roles, Scopes: c.Scopes}, nil
	})
}

func (a *API) network() {
	handle(a, op{"GET", "/network", "network", "This node's membership, and the other members", []string{ReadNetwork}, 0}, func(ctx context.Context, who clinic.Actor, _ *struct{}) (Membership, error) {
		st, err := a.Network.Standing(ctx, who)
		if err != nil {
			return Membership{}, err
		}
		all, v, err := a.Network.Members(ctx)
		out := Membership{Hub: st.Hub.Actor, HubName: st.Hub.Name, State: st.State, Tier: st.Tier, List: v.Number, Updated: v.Updated, Members: []Member{}}
		for _, m := range all {
			out.Members = append(out.Members, Member{Actor: m.Actor, Name: m.Name, Tier: m.Tier, State: m.State, Services: list(m.Services), Regions: list(m.Regions), Languages: list(m.Languages), Capacity: m.Capacity})
		}
		return out, err
	})
	handle(a, op{"GET", "/vocabularies", "vocabularies", "The lists of codes", nil, 0}, func(context.Context, clinic.Actor, *struct{}) ([]string, error) {
		return vocabulary.Lists(), nil
	})
	handle(a, op{"GET", "/vocabularies/{name}", "vocabulary", "The codes of one list, in Thai and English", nil, 0}, func(_ context.Context, _ clinic.Actor, in *struct {
		Name string `path:"name" maxLength:"60"`
	}) ([]Code, error) {
		codes := vocabulary.Codes(in.Name)
		if len(codes) == 0 {
			return nil, fault.Missing()
		}
		out := make([]Code, 0, len(codes))
		for _, c := range codes {
			out = append(out, Code{Code: c, TH: vocabulary.Label(in.Name, c, "th"), EN: vocabulary.Label(in.Name, c, "en"), Parent: vocabulary.Parent(in.Name, c)})
		}
		return out, nil
	})
}

func list(v []string) []string {
	if v == nil {
		return []string{}
	}
	return v
}
