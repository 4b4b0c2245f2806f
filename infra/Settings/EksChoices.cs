namespace GopherMesh.Infra.Settings;

/// <summary>Where private subnets leave the network.</summary>
public enum NatGateways
{
    /// <summary>Through one NAT gateway in the first zone: the cheapest, and without that zone nothing gets out.</summary>
    One,

    /// <summary>Through one in every zone: the loss of a zone stays in that zone, and nothing pays for crossing zones on its way out.</summary>
    PerZone,
}

/// <summary>Which connections the network records.</summary>
public enum FlowLogTraffic
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those that a security group or network ACL refused.</summary>
    Rejected,

    /// <summary>All.</summary>
    All,
}

/// <summary>What EKS does with a cluster whose version leaves standard support (EKS user guide, "view-upgrade-policy").</summary>
public enum KubernetesSupport
{
    /// <summary>It upgrades the control plane by itself.</summary>
    Standard,

    /// <summary>It keeps the version for another year, at six times the hourly price of the control plane.</summary>
    Extended,
}

/// <summary>One IAM principal's access to the cluster.</summary>
/// <param name="PrincipalArn">The ARN of an IAM role or user.</param>
/// <param name="Policy">The EKS access policy, by its name in AWS.</param>
/// <param name="Namespaces">The namespaces that it is limited to; empty means the whole cluster.</param>
public sealed record AccessGrant(string PrincipalArn, string Policy, IReadOnlyList<string> Namespaces)
{
    /// <summary>The entry by which the nodes join the cluster; the stack writes it itself.</summary>
    public const string NodesEntry = "nodes";

    /// <inheritdoc/>
    public bool Equals(AccessGrant? other) =>
        other is not null && PrincipalArn == other.PrincipalArn && Policy == other.Policy && Namespaces.SequenceEqual(other.Namespaces);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PrincipalArn, Policy, Namespaces.Count);
}
