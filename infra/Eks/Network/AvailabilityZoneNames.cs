using System.Collections.Immutable;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws;
using Pulumi.Aws.Inputs;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>The names of a region's availability zones. They differ between accounts, so the program requests them from AWS.</summary>
public static class AvailabilityZoneNames
{
    /// <summary>Requests from AWS the names of the zones that need no opt-in and in which EKS runs.</summary>
    public static Output<ImmutableArray<string>> LookUp(string region, int wanted, InvokeOptions options) =>
        GetAvailabilityZones.Invoke(
            new()
            {
                State = "available",
                ExcludeZoneIds = [.. Region.ZonesWithoutEks],
                // Local Zones and Wavelength Zones need an opt-in and cannot hold an EKS control plane.
                Filters = [new GetAvailabilityZonesFilterInputArgs { Name = "opt-in-status", Values = ["opt-in-not-required"] }],
            },
            options)
        .Apply(found => Choose(region, wanted, found.Names));

    /// <summary>The first of the zones found, in the order of their names.</summary>
    /// <exception cref="RunException">The region has fewer zones than are wanted.</exception>
    public static ImmutableArray<string> Choose(string region, int wanted, IReadOnlyCollection<string> found) =>
        found.Count >= wanted
            ? [.. found.Order(StringComparer.Ordinal).Take(wanted)]
            : throw new RunException(
                $"gopher-mesh:zones: {wanted} zones are wanted, and this account has {found.Count} of {region} in which EKS runs " +
                $"({string.Join(", ", found)}): " +
                (found.Count >= NetworkSettings.FewestZones
                    ? $"set zones to {found.Count} or use another region."
                    : $"use another region, since EKS needs at least {NetworkSettings.FewestZones} zones."));
}
