package org.sallyport.api.admin;

import java.util.List;

/**
 * What a candidate would do to the policies in force and to what uses them. Immutable.
 *
 * @param problems why it cannot come into force; then nothing else is known
 * @param entries policies, peers and settings that would change; what is not named stays as it is
 * @param endingSas pairs of SAs that would end
 * @param flows living flows that would be treated differently
 * @param unknown what could not be looked at, in words
 */
public record ChangePreview(
        List<ConfigurationProblem> problems,
        List<EntryChange> entries,
        List<ChildSaView> endingSas,
        List<FlowChange> flows,
        List<String> unknown) {
    public ChangePreview {
        problems = List.copyOf(problems);
        entries = List.copyOf(entries);
        endingSas = List.copyOf(endingSas);
        flows = List.copyOf(flows);
        unknown = List.copyOf(unknown);
    }

    /** Tells whether the candidate may come into force. */
    public boolean accepted() {
        return problems.isEmpty();
    }

    /** Tells whether an administrator's own connection would be cut off. */
    public boolean cutsAdministratorOff() {
        return flows.stream().anyMatch(FlowChange::cutsAdministratorOff);
    }
}
