package org.sallyport.ike.internal.message;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a notify payload says (RFC 7296 section 3.10.1 and the IANA registry). Open: a number without a name is a value
 * too.
 *
 * @param number 0 to 65535
 */
public record NotifyType(int number) {
    /** Error 1. */
    public static final NotifyType UNSUPPORTED_CRITICAL_PAYLOAD = new NotifyType(1);
    /** Error 4. */
    public static final NotifyType INVALID_IKE_SPI = new NotifyType(4);
    /** Error 5. */
    public static final NotifyType INVALID_MAJOR_VERSION = new NotifyType(5);
    /** Error 7. */
    public static final NotifyType INVALID_SYNTAX = new NotifyType(7);
    /** Error 9. */
    public static final NotifyType INVALID_MESSAGE_ID = new NotifyType(9);
    /** Error 11. */
    public static final NotifyType INVALID_SPI = new NotifyType(11);
    /** Error 14. */
    public static final NotifyType NO_PROPOSAL_CHOSEN = new NotifyType(14);
    /** Error 17. */
    public static final NotifyType INVALID_KE_PAYLOAD = new NotifyType(17);
    /** Error 24. */
    public static final NotifyType AUTHENTICATION_FAILED = new NotifyType(24);
    /** Error 34. */
    public static final NotifyType SINGLE_PAIR_REQUIRED = new NotifyType(34);
    /** Error 35. */
    public static final NotifyType NO_ADDITIONAL_SAS = new NotifyType(35);
    /** Error 36. */
    public static final NotifyType INTERNAL_ADDRESS_FAILURE = new NotifyType(36);
    /** Error 37. */
    public static final NotifyType FAILED_CP_REQUIRED = new NotifyType(37);
    /** Error 38. */
    public static final NotifyType TS_UNACCEPTABLE = new NotifyType(38);
    /** Error 39. */
    public static final NotifyType INVALID_SELECTORS = new NotifyType(39);
    /** Error 40. */
    public static final NotifyType UNACCEPTABLE_ADDRESSES = new NotifyType(40);
    /** Error 41. */
    public static final NotifyType UNEXPECTED_NAT_DETECTED = new NotifyType(41);
    /** Error 42. */
    public static final NotifyType USE_ASSIGNED_HOA = new NotifyType(42);
    /** Error 43. */
    public static final NotifyType TEMPORARY_FAILURE = new NotifyType(43);
    /** Error 44. */
    public static final NotifyType CHILD_SA_NOT_FOUND = new NotifyType(44);
    /** Error 45. */
    public static final NotifyType INVALID_GROUP_ID = new NotifyType(45);
    /** Error 46. */
    public static final NotifyType AUTHORIZATION_FAILED = new NotifyType(46);
    /** Error 47. */
    public static final NotifyType STATE_NOT_FOUND = new NotifyType(47);
    /** Error 48. */
    public static final NotifyType TS_MAX_QUEUE = new NotifyType(48);
    /** Error 49. */
    public static final NotifyType REGISTRATION_FAILED = new NotifyType(49);
    /** Status 16384. */
    public static final NotifyType INITIAL_CONTACT = new NotifyType(16384);
    /** Status 16385. */
    public static final NotifyType SET_WINDOW_SIZE = new NotifyType(16385);
    /** Status 16386. */
    public static final NotifyType ADDITIONAL_TS_POSSIBLE = new NotifyType(16386);
    /** Status 16387. */
    public static final NotifyType IPCOMP_SUPPORTED = new NotifyType(16387);
    /** Status 16388. */
    public static final NotifyType NAT_DETECTION_SOURCE_IP = new NotifyType(16388);
    /** Status 16389. */
    public static final NotifyType NAT_DETECTION_DESTINATION_IP = new NotifyType(16389);
    /** Status 16390. */
    public static final NotifyType COOKIE = new NotifyType(16390);
    /** Status 16391. */
    public static final NotifyType USE_TRANSPORT_MODE = new NotifyType(16391);
    /** Status 16392. */
    public static final NotifyType HTTP_CERT_LOOKUP_SUPPORTED = new NotifyType(16392);
    /** Status 16393. */
    public static final NotifyType REKEY_SA = new NotifyType(16393);
    /** Status 16394. */
    public static final NotifyType ESP_TFC_PADDING_NOT_SUPPORTED = new NotifyType(16394);
    /** Status 16395. */
    public static final NotifyType NON_FIRST_FRAGMENTS_ALSO = new NotifyType(16395);
    /** Status 16396. */
    public static final NotifyType MOBIKE_SUPPORTED = new NotifyType(16396);
    /** Status 16397. */
    public static final NotifyType ADDITIONAL_IP4_ADDRESS = new NotifyType(16397);
    /** Status 16398. */
    public static final NotifyType ADDITIONAL_IP6_ADDRESS = new NotifyType(16398);
    /** Status 16399. */
    public static final NotifyType NO_ADDITIONAL_ADDRESSES = new NotifyType(16399);
    /** Status 16400. */
    public static final NotifyType UPDATE_SA_ADDRESSES = new NotifyType(16400);
    /** Status 16401. */
    public static final NotifyType COOKIE2 = new NotifyType(16401);
    /** Status 16402. */
    public static final NotifyType NO_NATS_ALLOWED = new NotifyType(16402);
    /** Status 16403. */
    public static final NotifyType AUTH_LIFETIME = new NotifyType(16403);
    /** Status 16404. */
    public static final NotifyType MULTIPLE_AUTH_SUPPORTED = new NotifyType(16404);
    /** Status 16405. */
    public static final NotifyType ANOTHER_AUTH_FOLLOWS = new NotifyType(16405);
    /** Status 16406. */
    public static final NotifyType REDIRECT_SUPPORTED = new NotifyType(16406);
    /** Status 16407. */
    public static final NotifyType REDIRECT = new NotifyType(16407);
    /** Status 16408. */
    public static final NotifyType REDIRECTED_FROM = new NotifyType(16408);
    /** Status 16409. */
    public static final NotifyType TICKET_LT_OPAQUE = new NotifyType(16409);
    /** Status 16410. */
    public static final NotifyType TICKET_REQUEST = new NotifyType(16410);
    /** Status 16411. */
    public static final NotifyType TICKET_ACK = new NotifyType(16411);
    /** Status 16412. */
    public static final NotifyType TICKET_NACK = new NotifyType(16412);
    /** Status 16413. */
    public static final NotifyType TICKET_OPAQUE = new NotifyType(16413);
    /** Status 16414. */
    public static final NotifyType LINK_ID = new NotifyType(16414);
    /** Status 16415. */
    public static final NotifyType USE_WESP_MODE = new NotifyType(16415);
    /** Status 16416. */
    public static final NotifyType ROHC_SUPPORTED = new NotifyType(16416);
    /** Status 16417. */
    public static final NotifyType EAP_ONLY_AUTHENTICATION = new NotifyType(16417);
    /** Status 16418. */
    public static final NotifyType CHILDLESS_IKEV2_SUPPORTED = new NotifyType(16418);
    /** Status 16419. */
    public static final NotifyType QUICK_CRASH_DETECTION = new NotifyType(16419);
    /** Status 16420. */
    public static final NotifyType IKEV2_MESSAGE_ID_SYNC_SUPPORTED = new NotifyType(16420);
    /** Status 16421. */
    public static final NotifyType IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED = new NotifyType(16421);
    /** Status 16422. */
    public static final NotifyType IKEV2_MESSAGE_ID_SYNC = new NotifyType(16422);
    /** Status 16423. */
    public static final NotifyType IPSEC_REPLAY_COUNTER_SYNC = new NotifyType(16423);
    /** Status 16424. */
    public static final NotifyType SECURE_PASSWORD_METHODS = new NotifyType(16424);
    /** Status 16425. */
    public static final NotifyType PSK_PERSIST = new NotifyType(16425);
    /** Status 16426. */
    public static final NotifyType PSK_CONFIRM = new NotifyType(16426);
    /** Status 16427. */
    public static final NotifyType ERX_SUPPORTED = new NotifyType(16427);
    /** Status 16428. */
    public static final NotifyType IFOM_CAPABILITY = new NotifyType(16428);
    /** Status 16429. */
    public static final NotifyType GROUP_SENDER = new NotifyType(16429);
    /** Status 16430. */
    public static final NotifyType IKEV2_FRAGMENTATION_SUPPORTED = new NotifyType(16430);
    /** Status 16431. */
    public static final NotifyType SIGNATURE_HASH_ALGORITHMS = new NotifyType(16431);
    /** Status 16432. */
    public static final NotifyType CLONE_IKE_SA_SUPPORTED = new NotifyType(16432);
    /** Status 16433. */
    public static final NotifyType CLONE_IKE_SA = new NotifyType(16433);
    /** Status 16434. */
    public static final NotifyType PUZZLE = new NotifyType(16434);
    /** Status 16435. */
    public static final NotifyType USE_PPK = new NotifyType(16435);
    /** Status 16436. */
    public static final NotifyType PPK_IDENTITY = new NotifyType(16436);
    /** Status 16437. */
    public static final NotifyType NO_PPK_AUTH = new NotifyType(16437);
    /** Status 16438. */
    public static final NotifyType INTERMEDIATE_EXCHANGE_SUPPORTED = new NotifyType(16438);
    /** Status 16439. */
    public static final NotifyType IP4_ALLOWED = new NotifyType(16439);
    /** Status 16440. */
    public static final NotifyType IP6_ALLOWED = new NotifyType(16440);
    /** Status 16441. */
    public static final NotifyType ADDITIONAL_KEY_EXCHANGE = new NotifyType(16441);
    /** Status 16442. */
    public static final NotifyType USE_AGGFRAG = new NotifyType(16442);
    /** Status 16443. */
    public static final NotifyType SUPPORTED_AUTH_METHODS = new NotifyType(16443);
    /** Status 16444. */
    public static final NotifyType SA_RESOURCE_INFO = new NotifyType(16444);
    /** Status 16445. */
    public static final NotifyType USE_PPK_INT = new NotifyType(16445);
    /** Status 16446. */
    public static final NotifyType PPK_IDENTITY_KEY = new NotifyType(16446);

    private static final int FIRST_STATUS = 16384;
    private static final Map<Integer, String> NAMES = names();

    /** Checks the range. */
    public NotifyType {
        Ranges.u16("notify type", number);
    }

    /** Returns the names of those that report errors. */
    public static Set<String> errors() {
        return NAMES.keySet().stream()
                .map(NotifyType::new)
                .filter(NotifyType::isError)
                .map(NotifyType::toString)
                .collect(Collectors.toSet());
    }

    /** Returns whether it reports an error rather than a status. */
    public boolean isError() {
        return number < FIRST_STATUS;
    }

    /** Returns the name, or the number of one without a name. */
    @Override
    public String toString() {
        return NAMES.getOrDefault(number, (isError() ? "ERROR_" : "STATUS_") + number);
    }

    private static Map<Integer, String> names() {
        return Map.ofEntries(
                Map.entry(1, "UNSUPPORTED_CRITICAL_PAYLOAD"),
                Map.entry(4, "INVALID_IKE_SPI"),
                Map.entry(5, "INVALID_MAJOR_VERSION"),
                Map.entry(7, "INVALID_SYNTAX"),
                Map.entry(9, "INVALID_MESSAGE_ID"),
                Map.entry(11, "INVALID_SPI"),
                Map.entry(14, "NO_PROPOSAL_CHOSEN"),
                Map.entry(17, "INVALID_KE_PAYLOAD"),
                Map.entry(24, "AUTHENTICATION_FAILED"),
                Map.entry(34, "SINGLE_PAIR_REQUIRED"),
                Map.entry(35, "NO_ADDITIONAL_SAS"),
                Map.entry(36, "INTERNAL_ADDRESS_FAILURE"),
                Map.entry(37, "FAILED_CP_REQUIRED"),
                Map.entry(38, "TS_UNACCEPTABLE"),
                Map.entry(39, "INVALID_SELECTORS"),
                Map.entry(40, "UNACCEPTABLE_ADDRESSES"),
                Map.entry(41, "UNEXPECTED_NAT_DETECTED"),
                Map.entry(42, "USE_ASSIGNED_HOA"),
                Map.entry(43, "TEMPORARY_FAILURE"),
                Map.entry(44, "CHILD_SA_NOT_FOUND"),
                Map.entry(45, "INVALID_GROUP_ID"),
                Map.entry(46, "AUTHORIZATION_FAILED"),
                Map.entry(47, "STATE_NOT_FOUND"),
                Map.entry(48, "TS_MAX_QUEUE"),
                Map.entry(49, "REGISTRATION_FAILED"),
                Map.entry(16384, "INITIAL_CONTACT"),
                Map.entry(16385, "SET_WINDOW_SIZE"),
                Map.entry(16386, "ADDITIONAL_TS_POSSIBLE"),
                Map.entry(16387, "IPCOMP_SUPPORTED"),
                Map.entry(16388, "NAT_DETECTION_SOURCE_IP"),
                Map.entry(16389, "NAT_DETECTION_DESTINATION_IP"),
                Map.entry(16390, "COOKIE"),
                Map.entry(16391, "USE_TRANSPORT_MODE"),
                Map.entry(16392, "HTTP_CERT_LOOKUP_SUPPORTED"),
                Map.entry(16393, "REKEY_SA"),
                Map.entry(16394, "ESP_TFC_PADDING_NOT_SUPPORTED"),
                Map.entry(16395, "NON_FIRST_FRAGMENTS_ALSO"),
                Map.entry(16396, "MOBIKE_SUPPORTED"),
                Map.entry(16397, "ADDITIONAL_IP4_ADDRESS"),
                Map.entry(16398, "ADDITIONAL_IP6_ADDRESS"),
                Map.entry(16399, "NO_ADDITIONAL_ADDRESSES"),
                Map.entry(16400, "UPDATE_SA_ADDRESSES"),
                Map.entry(16401, "COOKIE2"),
                Map.entry(16402, "NO_NATS_ALLOWED"),
                Map.entry(16403, "AUTH_LIFETIME"),
                Map.entry(16404, "MULTIPLE_AUTH_SUPPORTED"),
                Map.entry(16405, "ANOTHER_AUTH_FOLLOWS"),
                Map.entry(16406, "REDIRECT_SUPPORTED"),
                Map.entry(16407, "REDIRECT"),
                Map.entry(16408, "REDIRECTED_FROM"),
                Map.entry(16409, "TICKET_LT_OPAQUE"),
                Map.entry(16410, "TICKET_REQUEST"),
                Map.entry(16411, "TICKET_ACK"),
                Map.entry(16412, "TICKET_NACK"),
                Map.entry(16413, "TICKET_OPAQUE"),
                Map.entry(16414, "LINK_ID"),
                Map.entry(16415, "USE_WESP_MODE"),
                Map.entry(16416, "ROHC_SUPPORTED"),
                Map.entry(16417, "EAP_ONLY_AUTHENTICATION"),
                Map.entry(16418, "CHILDLESS_IKEV2_SUPPORTED"),
                Map.entry(16419, "QUICK_CRASH_DETECTION"),
                Map.entry(16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED"),
                Map.entry(16421, "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED"),
                Map.entry(16422, "IKEV2_MESSAGE_ID_SYNC"),
                Map.entry(16423, "IPSEC_REPLAY_COUNTER_SYNC"),
                Map.entry(16424, "SECURE_PASSWORD_METHODS"),
                Map.entry(16425, "PSK_PERSIST"),
                Map.entry(16426, "PSK_CONFIRM"),
                Map.entry(16427, "ERX_SUPPORTED"),
                Map.entry(16428, "IFOM_CAPABILITY"),
                Map.entry(16429, "GROUP_SENDER"),
                Map.entry(16430, "IKEV2_FRAGMENTATION_SUPPORTED"),
                Map.entry(16431, "SIGNATURE_HASH_ALGORITHMS"),
                Map.entry(16432, "CLONE_IKE_SA_SUPPORTED"),
                Map.entry(16433, "CLONE_IKE_SA"),
                Map.entry(16434, "PUZZLE"),
                Map.entry(16435, "USE_PPK"),
                Map.entry(16436, "PPK_IDENTITY"),
                Map.entry(16437, "NO_PPK_AUTH"),
                Map.entry(16438, "INTERMEDIATE_EXCHANGE_SUPPORTED"),
                Map.entry(16439, "IP4_ALLOWED"),
                Map.entry(16440, "IP6_ALLOWED"),
                Map.entry(16441, "ADDITIONAL_KEY_EXCHANGE"),
                Map.entry(16442, "USE_AGGFRAG"),
                Map.entry(16443, "SUPPORTED_AUTH_METHODS"),
                Map.entry(16444, "SA_RESOURCE_INFO"),
                Map.entry(16445, "USE_PPK_INT"),
                Map.entry(16446, "PPK_IDENTITY_KEY"));
    }
}
