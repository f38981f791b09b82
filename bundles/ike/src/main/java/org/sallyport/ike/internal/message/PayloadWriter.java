package org.sallyport.ike.internal.message;

import java.util.List;

/** Writes payload bodies and the generic headers that chain them. */
final class PayloadWriter {
    static final int GENERIC_HEADER = 4;
    private static final int CRITICAL = 0x80;
    private static final int SHORT_ATTRIBUTE = 0x8000;
    private static final int MORE_PROPOSALS = 2;
    private static final int MORE_TRANSFORMS = 3;

    private PayloadWriter() {}

    static void chain(WireWriter out, List<Payload> payloads) {
        for (int i = 0; i < payloads.size(); i++) {
            Payload payload = payloads.get(i);
            boolean last = i == payloads.size() - 1;
            int start = out.size();
            out.u8(next(payload, last ? PayloadType.NONE : payloads.get(i + 1).payloadType(), last)
                    .number());
            out.u8(payload instanceof Payload.Unknown u && u.critical() ? CRITICAL : 0);
            out.u16(0);
            body(out, payload);
            out.patchU16(start + 2, out.size() - start);
        }
    }

    /** SK and SKF come last, and their next payload field names the first payload inside (section 3.14). */
    private static PayloadType next(Payload payload, PayloadType following, boolean last) {
        return switch (payload) {
            case Payload.Encrypted sk when last -> sk.firstInner();
            case Payload.Fragment skf when last -> skf.firstInner();
            case Payload.Encrypted _, Payload.Fragment _ ->
                throw new IllegalArgumentException(payload.label() + " is the last payload of its message");
            default -> following;
        };
    }

    private static void body(WireWriter out, Payload payload) {
        switch (payload) {
            case Payload.SecurityAssociation sa -> proposals(out, sa.proposals());
            case Payload.KeyExchange ke -> {
                out.u16(ke.method());
                out.u16(0);
                out.bytes(ke.value());
            }
            case Payload.Identification id -> out.bytes(Bytes.of(id.body()));
            case Payload.Authentication auth -> typed(out, auth.method(), auth.data());
            case Payload.Certificate cert -> {
                out.u8(cert.encoding());
                out.bytes(cert.data());
            }
            case Payload.CertificateRequest request -> {
                out.u8(request.encoding());
                out.bytes(request.authorities());
            }
            case Payload.Nonce nonce -> out.bytes(nonce.value());
            case Payload.Notify notify -> notify(out, notify);
            case Payload.Delete delete -> delete(out, delete);
            case Payload.VendorId vendor -> out.bytes(vendor.value());
            case Payload.TrafficSelectors ts -> selectors(out, ts.selectors());
            case Payload.Encrypted sk -> out.bytes(sk.body());
            case Payload.Fragment skf -> {
                out.u16(skf.number());
                out.u16(skf.total());
                out.bytes(skf.body());
            }
            case Payload.Configuration cp -> configuration(out, cp);
            case Payload.Eap eap -> out.bytes(eap.message());
            case Payload.Unknown unknown -> out.bytes(unknown.body());
        }
    }

    private static void typed(WireWriter out, int type, Bytes value) {
        out.u8(type);
        out.u8(0);
        out.u16(0);
        out.bytes(value);
    }

    private static void proposals(WireWriter out, List<Proposal> proposals) {
        for (int i = 0; i < proposals.size(); i++) {
            Proposal proposal = proposals.get(i);
            int start = out.size();
            out.u8(i == proposals.size() - 1 ? 0 : MORE_PROPOSALS);
            out.u8(0);
            out.u16(0);
            out.u8(proposal.number());
            out.u8(proposal.protocol());
            out.u8(proposal.spi().length());
            out.u8(proposal.transforms().size());
            out.bytes(proposal.spi());
            transforms(out, proposal.transforms());
            out.patchU16(start + 2, out.size() - start);
        }
    }

    private static void transforms(WireWriter out, List<Transform> transforms) {
        for (int i = 0; i < transforms.size(); i++) {
            Transform transform = transforms.get(i);
            int start = out.size();
            out.u8(i == transforms.size() - 1 ? 0 : MORE_TRANSFORMS);
            out.u8(0);
            out.u16(0);
            out.u8(transform.type());
            out.u8(0);
            out.u16(transform.id());
            transform.attributes().forEach(attribute -> attribute(out, attribute));
            out.patchU16(start + 2, out.size() - start);
        }
    }

    private static void attribute(WireWriter out, TransformAttribute attribute) {
        if (attribute.shortForm()) {
            out.u16(attribute.type() | SHORT_ATTRIBUTE);
        } else {
            out.u16(attribute.type());
            out.u16(attribute.value().length());
        }
        out.bytes(attribute.value());
    }

    private static void notify(WireWriter out, Payload.Notify notify) {
        out.u8(notify.protocol());
        out.u8(notify.spi().length());
        out.u16(notify.type().number());
        out.bytes(notify.spi());
        out.bytes(notify.data());
    }

    private static void delete(WireWriter out, Payload.Delete delete) {
        out.u8(delete.protocol());
        out.u8(delete.spis().isEmpty() ? 0 : delete.spis().getFirst().length());
        out.u16(delete.spis().size());
        delete.spis().forEach(out::bytes);
    }

    private static void selectors(WireWriter out, List<TrafficSelector> selectors) {
        out.u8(selectors.size());
        out.u8(0);
        out.u16(0);
        for (TrafficSelector selector : selectors) {
            int start = out.size();
            out.u8(selector.type());
            out.u8(selector.protocol());
            out.u16(0);
            if (selector.isAddressRange()) {
                out.u16(selector.startPort());
                out.u16(selector.endPort());
            }
            out.bytes(selector.startAddress());
            out.bytes(selector.endAddress());
            out.patchU16(start + 2, out.size() - start);
        }
    }

    private static void configuration(WireWriter out, Payload.Configuration cp) {
        out.u8(cp.configType());
        out.u8(0);
        out.u16(0);
        for (ConfigurationAttribute attribute : cp.attributes()) {
            out.u16(attribute.type());
            out.u16(attribute.value().length());
            out.bytes(attribute.value());
        }
    }
}
