package org.sallyport.api.flow;

import java.util.Optional;
import java.util.Set;

/**
 * Who asks for a flow (RFC 4301's "name" selectors): apart from the flow, since policies name the two apart. Immutable;
 * made by {@link #builder}, because what is known of a requester will grow.
 */
public final class Requester {
    /** Nobody known: a forwarded packet, or a socket that could not be named. */
    public static final Requester UNKNOWN = builder().build();

    private final int pid;
    private final int userId;
    private final int groupId;
    private final Set<Integer> groupIds;
    private final String program;
    private final Optional<String> executable;
    private final Optional<String> unit;
    private final Optional<String> container;

    private Requester(Builder builder) {
        pid = builder.pid;
        userId = builder.userId;
        groupId = builder.groupId;
        groupIds = builder.groupIds;
        program = builder.program;
        executable = builder.executable;
        unit = builder.unit;
        container = builder.container;
    }

    /** Starts a requester of whom nothing is known yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the process id in the appliance's pid namespace, 0 when unknown. */
    public int pid() {
        return pid;
    }

    /** Returns the effective user id, -1 when unknown. */
    public int userId() {
        return userId;
    }

    /** Returns the effective group id, -1 when unknown. */
    public int groupId() {
        return groupId;
    }

    /** Returns the effective and the supplementary group ids; empty when unknown. */
    public Set<Integer> groupIds() {
        return groupIds;
    }

    /** Returns the command's name for people ("curl"), "?" when unknown. */
    public String program() {
        return program;
    }

    /** Returns the path of the executable; empty too when another file is there by now, or it is none of this host's. */
    public Optional<String> executable() {
        return executable;
    }

    /** Returns the systemd unit. */
    public Optional<String> unit() {
        return unit;
    }

    /** Returns the container's id. */
    public Optional<String> container() {
        return container;
    }

    @Override
    public String toString() {
        if (pid != 0) {
            return program + "[" + pid + "]";
        }
        return userId == -1 ? "an unknown sender" : "user " + Integer.toUnsignedString(userId);
    }

    /** Collects what is known of a requester. Not thread safe. */
    public static final class Builder {
        private int pid;
        private int userId = -1;
        private int groupId = -1;
        private Set<Integer> groupIds = Set.of();
        private String program = "?";
        private Optional<String> executable = Optional.empty();
        private Optional<String> unit = Optional.empty();
        private Optional<String> container = Optional.empty();

        private Builder() {}

        public Builder pid(int value) {
            pid = value;
            return this;
        }

        public Builder userId(int value) {
            userId = value;
            return this;
        }

        public Builder groupId(int value) {
            groupId = value;
            return this;
        }

        public Builder groupIds(Set<Integer> value) {
            groupIds = Set.copyOf(value);
            return this;
        }

        public Builder program(String value) {
            program = value;
            return this;
        }

        public Builder executable(String value) {
            executable = Optional.of(value);
            return this;
        }

        public Builder unit(String value) {
            unit = Optional.of(value);
            return this;
        }

        public Builder container(String value) {
            container = Optional.of(value);
            return this;
        }

        public Requester build() {
            return new Requester(this);
        }
    }
}
