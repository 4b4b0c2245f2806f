using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Mesh;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;

namespace GopherMesh.Infra.Gophers;

/// <summary>What a service has once, however many versions of it run: its Service and its identity in the mesh.</summary>
internal static class GopherService
{
    /// <summary>Declares both, as children of <paramref name="parent"/>.</summary>
    /// <returns>The ServiceAccount, without which pods are not admitted, and the Service.</returns>
    public static (ServiceAccount Account, Service Service) Declare(string name, GopherNamespace home, Resource parent)
    {
        var labels = new Dictionary<string, string> { [Names.AppLabel] = name };
        var options = new CustomResourceOptions { Parent = parent, DependsOn = [home.Resource] };
        var account = new ServiceAccount(
            name,
            new ServiceAccountArgs { Metadata = home.Metadata(name), AutomountServiceAccountToken = false },
            options);
        var service = new Service(
            name,
            new ServiceArgs
            {
                Metadata = home.Metadata(name),
                Spec = new ServiceSpecArgs
                {
                    Selector = labels,
                    Ports = new ServicePortArgs { Name = Names.HttpPort, Port = Names.ServicePort, TargetPort = Names.HttpPort },
                },
            },
            options);
        return (account, service);
    }
}
