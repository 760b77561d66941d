//! Who plays: every process of the ride-hailing system, with its resource.

use crate::model::{BlockBuilder, PairIx, ResourceFields, ResourceIx, ScopeFields, ScopeIx, Value};

/// A process of the system, by its place in the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who(usize);

/// The frontends, one a region.
pub const FRONTENDS: [Who; 2] = [Who(0), Who(1)];
/// Knows the customers.
pub const CUSTOMER: Who = Who(2);
/// Find drivers. The last one is replaced by [`CANARY`] at the deploy.
pub const DRIVERS: [Who; 4] = [Who(3), Who(4), Who(5), Who(6)];
/// The new version of driver, which is slower.
pub const CANARY: Who = Who(7);
/// Finds ways.
pub const ROUTE: Who = Who(8);
/// The database behind customer.
pub const MYSQL: Who = Who(9);
/// The store behind driver.
pub const REDIS: Who = Who(10);
/// Reads the topic of rides and charges for them.
pub const BILLING: Who = Who(11);
/// The job that moves idle drivers about.
pub const BATCH: Who = Who(12);

struct Member {
    service: &'static str,
    version: &'static str,
    host: &'static str,
    pid: i64,
    region: &'static str,
    language: &'static str,
    scope: &'static str,
}

const fn member(
    service: &'static str,
    version: &'static str,
    host: &'static str,
    pid: i64,
    scope: &'static str,
) -> Member {
    Member {
        service,
        version,
        host,
        pid,
        region: "eu-west-1",
        language: "go",
        scope,
    }
}

const HTTP: &str = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp";
const GRPC: &str = "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc";

static CAST: [Member; 13] = [
    member("frontend", "2.9.1", "node-1", 4301, HTTP),
    Member {
        region: "us-east-1",
        ..member("frontend", "2.9.1", "node-2", 4302, HTTP)
    },
    member("customer", "1.7.0", "node-3", 4410, HTTP),
    member("driver", "1.3.9", "node-4", 4520, GRPC),
    member("driver", "1.3.9", "node-5", 4521, GRPC),
    member("driver", "1.3.9", "node-6", 4522, GRPC),
    member("driver", "1.3.9", "node-7", 4523, GRPC),
    member("driver", "1.4.0", "node-7", 6117, GRPC),
    member("route", "0.18.2", "node-5", 4630, HTTP),
    member("mysql", "8.4.2", "node-4", 4711, "mysql"),
    member("redis", "7.4.1", "node-6", 4712, "redis-manual"),
    Member {
        language: "java",
        ..member(
            "billing",
            "3.2.0",
            "node-2",
            4840,
            "io.opentelemetry.kafka-clients-2.6",
        )
    },
    Member {
        language: "python",
        ..member("batch", "1.1.0", "node-3", 4950, "batch.rebalance")
    },
];

/// Interns one process's resource and scope.
pub fn introduce(who: Who, builder: &mut BlockBuilder) -> Option<(ResourceIx, ScopeIx)> {
    let member = CAST.get(who.0)?;
    let sdk = match member.language {
        "go" => "1.42.0",
        "java" => "1.61.0",
        _ => "1.40.0",
    };
    let instance = format!("{}-{}", member.service, member.pid);
    let attributes: [PairIx; 11] = [
        ("service.name", Value::Str(member.service)),
        ("service.version", Value::Str(member.version)),
        ("service.instance.id", Value::Str(&instance)),
        ("host.name", Value::Str(member.host)),
        ("process.pid", Value::Int(member.pid)),
        ("os.type", Value::Str("linux")),
        ("cloud.region", Value::Str(member.region)),
        ("deployment.environment.name", Value::Str("demo")),
        ("telemetry.sdk.name", Value::Str("opentelemetry")),
        ("telemetry.sdk.language", Value::Str(member.language)),
        ("telemetry.sdk.version", Value::Str(sdk)),
    ]
    .map(|(key, value)| builder.attribute(key, value));
    let resource = builder.resource(ResourceFields {
        attributes: &attributes,
        ..ResourceFields::default()
    });
    let name = builder.string(member.scope);
    let scope = builder.scope(ScopeFields {
        name,
        ..ScopeFields::default()
    });
    Some((resource, scope))
}
