using System.Collections.Immutable;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Acm;
using Pulumi.Aws.Route53;

namespace GopherMesh.Infra.Eks.LoadBalancer;

/// <summary>
/// What callers need of the gateway's hosts, in a hosted zone that is there already: a certificate, which AWS issues when it finds its records
/// (ACM user guide, "dns-validation"), and a record of each host that leads to the load balancer. The zone is read, at the preview too, and held
/// against the hosts before anything is made.
/// </summary>
public sealed class GatewayNames : ComponentResource
{
    // Seconds that resolvers keep a record. The load balancer's name changes only with its Service.
    private const int TimeToLive = 60;

    // A zone to which no registrar points is never found: the provider would wait for 75 minutes.
    private static readonly TimeSpan IssueTimeout = TimeSpan.FromMinutes(30);

    private readonly ImmutableArray<string> _hosts;
    private readonly Output<string> _zone;

    /// <summary>Declares the certificate and the records by which it is validated.</summary>
    /// <param name="name">The component's name.</param>
    /// <param name="zoneId">The ID of a public hosted zone.</param>
    /// <param name="hosts">The gateway's hosts, at least one, all below the zone's name.</param>
    /// <param name="options">The component's options, with the provider.</param>
    public GatewayNames(string name, string zoneId, ImmutableArray<string> hosts, ComponentResourceOptions options)
        : base("gopher-mesh:eks:GatewayNames", name, options)
    {
        _hosts = hosts;
        var zone = Zone.Get(name, zoneId, options: new() { Parent = this });
        _zone = Output.Tuple(zone.Name, zone.Vpcs).Apply(found =>
            Problems(zoneId, found.Item1, isPrivate: !found.Item2.IsDefaultOrEmpty, hosts) is { IsEmpty: false } problems
                ? throw new RunException(string.Join('\n', ["The hosted zone cannot be used:", .. problems.Select(problem => $"  {problem}")]))
                : zoneId);

        // All hosts, the first among them: without a list AWS keeps the former one when a host is taken away.
        var certificate = new Certificate(
            name,
            new() { DomainName = _zone.Apply(_ => hosts[0]), SubjectAlternativeNames = [.. hosts], ValidationMethod = "DNS" },
            new() { Parent = this });
        Record[] proofs = [.. hosts.Select(Base).Distinct().Select(host => Proof(host, certificate))];
        CertificateArn = new CertificateValidation(
            name,
            new() { CertificateArn = certificate.Arn, ValidationRecordFqdns = [.. proofs.Select(proof => proof.Fqdn)] },
            new() { Parent = this, CustomTimeouts = new() { Create = IssueTimeout } }).CertificateArn;
        RegisterOutputs();
    }

    /// <summary>The certificate's ARN, once AWS has issued it.</summary>
    public Output<string> CertificateArn { get; }

    /// <summary>What would be refused, or would lead nowhere; pure. Each names the setting, and what to do.</summary>
    /// <param name="zoneId">The zone's ID.</param>
    /// <param name="zone">The zone's name, with or without the last dot.</param>
    /// <param name="isPrivate">Whether the zone is seen from VPCs alone.</param>
    /// <param name="hosts">The gateway's hosts.</param>
    public static ImmutableArray<SettingError> Problems(string zoneId, string zone, bool isPrivate, ImmutableArray<string> hosts)
    {
        var name = zone.TrimEnd('.');
        return
        [
            .. isPrivate ? [Error("hostedZoneId", zoneId, $"use a public hosted zone: {name} is private, and AWS looks for a certificate's records on the internet")] : Array.Empty<SettingError>(),
            .. from host in hosts.Index()
               where host.Item == name || !IsBelow(host.Item, name)
               select Error(
                   $"gatewayHosts[{host.Index}]",
                   host.Item,
                   host.Item == name
                       ? $"use a name below the zone's, such as www.{name}: the zone's own name can have no CNAME (RFC 1034, 3.6.2)"
                       : $"use a name below that of the hosted zone, {name}, or the zone of this host in hostedZoneId"),
        ];
    }

    /// <summary>Declares the records that lead from the hosts to a load balancer.</summary>
    /// <param name="balancer">The load balancer's name; null inside where it has none yet, which ends the program.</param>
    public void PointTo(Output<string?> balancer)
    {
        var target = balancer.Apply(host => host ?? throw new RunException("The gateway's load balancer has no name yet: run pulumi up again."));
        foreach (var host in _hosts)
        {
            _ = new Record(host, new() { ZoneId = _zone, Name = host, Type = "CNAME", Ttl = TimeToLive, Records = [target] }, new() { Parent = this });
        }
    }

    // The root zone, whose name is empty without its dot, has every name.
    private static bool IsBelow(string host, string zone) => zone.Length == 0 || host.EndsWith($".{zone}", StringComparison.Ordinal);

    // One record proves a name and its wildcard.
    private static string Base(string host) => host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;

    // The record's name and value depend on the name and the account alone, so another certificate of the same name has the same record.
    private Record Proof(string host, Certificate certificate)
    {
        var option = certificate.DomainValidationOptions.Apply(options => options.First(option => Base(option.DomainName!) == host));
        return new(
            $"{host}-validation",
            new()
            {
                ZoneId = _zone,
                Name = option.Apply(found => found.ResourceRecordName!),
                Type = option.Apply(found => found.ResourceRecordType!),
                Records = [option.Apply(found => found.ResourceRecordValue!)],
                Ttl = TimeToLive,
                AllowOverwrite = true,
            },
            new() { Parent = this });
    }

    private static SettingError Error(string member, string found, string remedy) => new($"{Project.Name}:{member}", found, remedy);
}
