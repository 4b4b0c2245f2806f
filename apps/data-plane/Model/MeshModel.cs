using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Model;

/// <summary>The declared routing: every Service, Gateway, VirtualService and DestinationRule, read strictly.</summary>
public sealed class MeshModel
{
    internal MeshModel(
        IReadOnlyList<Service> services,
        IReadOnlyList<Gateway> gateways,
        IReadOnlyList<VirtualService> virtualServices,
        IReadOnlyList<DestinationRule> destinationRules,
        IReadOnlyList<NotRehearsedField> notRehearsed)
    {
        Services = services;
        Gateways = gateways;
        VirtualServices = virtualServices;
        DestinationRules = destinationRules;
        NotRehearsed = notRehearsed;
    }

    /// <summary>Declared fields whose effect plain HTTP on loopback cannot show; they are accepted, listed and have no effect.</summary>
    public IReadOnlyList<NotRehearsedField> NotRehearsed { get; }

    /// <summary>The ports of the servers of those Gateways that select the gateway's pods, in ascending order.</summary>
    public IReadOnlyList<int> GatewayPorts => [.. Gateways.Where(gateway => gateway.Selects(PodIdentity.IngressGateway)).SelectMany(gateway => gateway.Servers, (_, server) => server.Port).Distinct().Order()];

    internal IReadOnlyList<int> ServicePorts => [.. Services.SelectMany(service => service.Ports, (_, port) => port.Number).Append(80).Distinct()];

    internal IReadOnlyList<Service> Services { get; }

    internal IReadOnlyList<Gateway> Gateways { get; }

    internal IReadOnlyList<VirtualService> VirtualServices { get; }

    internal IReadOnlyList<DestinationRule> DestinationRules { get; }
}
