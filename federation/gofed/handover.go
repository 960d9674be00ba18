package gofed

import (
	"time"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"github.com/saphan-network/saphan/federation"
)

var statementProofSchema = schema{"provedBy": iri, "provedAt": str, "provedValue": str}

var keyAgreementSchema = schema{"id": iri, "type": typed("Multikey"), "controller": iri, "publicKeyMultibase": str}

var requestSchema = schema{
	"type": typed("Article", "DisclosureRequest"), "id": iri, "attributedTo": oneIRI, "to": oneIRI, "schema": str, "revision": whole,
	"referral": iri, "engagement": iri, "purpose": str, "fields": strs, "keyAgreement": keyAgreementSchema.check, "statementProof": statementProofSchema.check,
}

var packageSchema = schema{
	"type": typed("Article", "SealedPackage"), "id": iri, "attributedTo": oneIRI, "to": oneIRI, "schema": str, "referral": iri, "disclosureRequest": iri,
	"sealedTo": iri, "consentRef": str, "expiresAt": str, "sealedSize": whole, "digest": str, "chunks": strs, "statementProof": statementProofSchema.check,
}

var purgeSchema = schema{
	"type": typed("Article", "PurgeReceipt"), "id": iri, "attributedTo": oneIRI, "to": oneIRI, "schema": str, "sealedPackage": iri,
	"reasonCode": str, "erased": strs, "kept": strs, "basis": str, "statementProof": statementProofSchema.check,
}

// stageTwo reports whether an activity of a type that others use too is one of ours.
func stageTwo(root map[string]any) bool {
	embedded := func(key, want string) bool {
		types, _ := texts(mapOf(root, key)["type"])
		return contains(types, want)
	}
	switch root["type"] {
	case string(federation.Add):
		return embedded("object", "SealedPackage")
	case string(federation.Delete):
		return embedded("result", "PurgeReceipt")
	case string(federation.View):
		return root["digest"] != nil
	}
	return true
}

func articleOf(kind, id, from, to string) (vocab.ActivityStreamsArticle, map[string]interface{}) {
	o := streams.NewActivityStreamsArticle()
	o.SetJSONLDType(typesOf("Article", kind))
	o.SetJSONLDId(idOf(id))
	o.SetActivityStreamsAttributedTo(author(from))
	o.SetActivityStreamsTo(receiver(to))
	return o, o.GetUnknownProperties()
}

func putProof(u map[string]interface{}, p federation.Proof) {
	u["statementProof"] = map[string]interface{}{"provedBy": p.Method, "provedAt": p.Created, "provedValue": p.Value}
}

func proofOf(u map[string]any) federation.Proof {
	p := mapOf(u, "statementProof")
	return federation.Proof{Method: stringOf(p, "provedBy"), Created: stringOf(p, "provedAt"), Value: stringOf(p, "provedValue")}
}

func requestObject(r *federation.DisclosureRequest, from, to string) vocab.Type {
	o, u := articleOf("DisclosureRequest", r.ID, from, to)
	u["schema"], u["revision"], u["referral"], u["engagement"], u["purpose"] = r.Schema, r.Revision, r.Referral, r.Engagement, r.Purpose
	putList(u, "fields", r.Fields)
	u["keyAgreement"] = map[string]interface{}{"id": r.Key.ID, "type": "Multikey", "controller": from, "publicKeyMultibase": r.Key.Multibase}
	putProof(u, r.Proof)
	return o
}

func packageObject(p *federation.SealedPackage, from, to string) vocab.Type {
	o, u := articleOf("SealedPackage", p.ID, from, to)
	u["schema"], u["referral"], u["disclosureRequest"], u["sealedTo"], u["consentRef"] = p.Schema, p.Referral, p.Request, p.Key, p.Consent
	u["expiresAt"], u["sealedSize"], u["digest"] = instant(p.Expires), p.Size, p.Digest
	putList(u, "chunks", p.Chunks)
	putProof(u, p.Proof)
	return o
}

func purgeObject(r *federation.PurgeReceipt, from, to string) vocab.Type {
	o, u := articleOf("PurgeReceipt", r.ID, from, to)
	u["schema"], u["sealedPackage"], u["reasonCode"] = r.Schema, r.Package, r.Reason
	putList(u, "erased", r.Erased)
	putList(u, "kept", r.Kept)
	put(u, "basis", r.Basis)
	putProof(u, r.Proof)
	return o
}

// readStageTwo reads an article of stage 2 into a; known is false for any other.
func readStageTwo(kind, id string, u map[string]any, a *federation.Activity) (known bool, err error) {
	switch kind {
	case "DisclosureRequest":
		k := mapOf(u, "keyAgreement")
		if stringOf(k, "controller") != a.Actor {
			return true, misshapen("object.keyAgreement.controller", "actor")
		}
		a.Request = &federation.DisclosureRequest{ID: id, Schema: stringOf(u, "schema"), Referral: stringOf(u, "referral"), Engagement: stringOf(u, "engagement"),
			Revision: int(numberOf(u, "revision")), Purpose: stringOf(u, "purpose"), Fields: listOfStrings(u, "fields"),
			Key: federation.KeyAgreement{ID: stringOf(k, "id"), Multibase: stringOf(k, "publicKeyMultibase")}, Proof: proofOf(u)}
	case "SealedPackage":
		end, err := time.Parse(time.RFC3339, stringOf(u, "expiresAt"))
		if err != nil {
			return true, misshapen("object.expiresAt", "time")
		}
		a.Package = &federation.SealedPackage{ID: id, Schema: stringOf(u, "schema"), Referral: stringOf(u, "referral"), Request: stringOf(u, "disclosureRequest"),
			Key: stringOf(u, "sealedTo"), Consent: stringOf(u, "consentRef"), Expires: end.UTC(), Size: int(numberOf(u, "sealedSize")), Digest: stringOf(u, "digest"),
			Chunks: listOfStrings(u, "chunks"), Proof: proofOf(u)}
	case "PurgeReceipt":
		a.Purge = &federation.PurgeReceipt{ID: id, Schema: stringOf(u, "schema"), Package: stringOf(u, "sealedPackage"), Reason: stringOf(u, "reasonCode"),
			Erased: listOfStrings(u, "erased"), Kept: listOfStrings(u, "kept"), Basis: stringOf(u, "basis"), Proof: proofOf(u)}
	default:
		return false, nil
	}
	return true, nil
}
