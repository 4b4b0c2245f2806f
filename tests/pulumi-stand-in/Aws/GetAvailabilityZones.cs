using System.Collections.Immutable;

namespace Pulumi.Aws;

/// <summary>The availability zones that an account sees in a region.</summary>
public static class GetAvailabilityZones
{
    private const string Token = "aws:index/getAvailabilityZones:getAvailabilityZones";

    public static Task<GetAvailabilityZonesResult> InvokeAsync(GetAvailabilityZonesArgs? args = null, InvokeOptions? options = null)
        => Deployment.Instance.InvokeAsync<GetAvailabilityZonesResult>(Token, args ?? new(), options.WithDefaults());

    public static Output<GetAvailabilityZonesResult> Invoke(GetAvailabilityZonesInvokeArgs? args = null, InvokeOptions? options = null)
        => Deployment.Instance.Invoke<GetAvailabilityZonesResult>(Token, args ?? new(), options.WithDefaults());

    public static Output<GetAvailabilityZonesResult> Invoke(GetAvailabilityZonesInvokeArgs args, InvokeOutputOptions options)
        => Deployment.Instance.Invoke<GetAvailabilityZonesResult>(Token, args ?? new(), options.WithDefaults());
}

/// <summary>The question, as plain values.</summary>
public sealed class GetAvailabilityZonesArgs : InvokeArgs
{
    [Input("allAvailabilityZones")]
    public bool? AllAvailabilityZones { get; set; }

    [field: Input("excludeNames")]
    public List<string> ExcludeNames { get => field ??= []; set; }

    [field: Input("excludeZoneIds")]
    public List<string> ExcludeZoneIds { get => field ??= []; set; }

    [field: Input("filters")]
    public List<Inputs.GetAvailabilityZonesFilterArgs> Filters { get => field ??= []; set; }

    [Input("region")]
    public string? Region { get; set; }

    [Input("state")]
    public string? State { get; set; }
}

/// <summary>The question, as values that may be outputs.</summary>
public sealed class GetAvailabilityZonesInvokeArgs : InvokeArgs
{
    [Input("allAvailabilityZones")]
    public Input<bool>? AllAvailabilityZones { get; set; }

    [field: Input("excludeNames")]
    public InputList<string> ExcludeNames { get => field ??= []; set; }

    [field: Input("excludeZoneIds")]
    public InputList<string> ExcludeZoneIds { get => field ??= []; set; }

    [field: Input("filters")]
    public InputList<Inputs.GetAvailabilityZonesFilterInputArgs> Filters { get => field ??= []; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [Input("state")]
    public Input<string>? State { get; set; }
}

[OutputType]
public sealed class GetAvailabilityZonesResult
{
    public readonly ImmutableArray<string> GroupNames;
    public readonly string Id;
    public readonly ImmutableArray<string> Names;
    public readonly ImmutableArray<string> ZoneIds;

    [OutputConstructor]
    private GetAvailabilityZonesResult(
        ImmutableArray<string> groupNames, string id, ImmutableArray<string> names, ImmutableArray<string> zoneIds)
        => (GroupNames, Id, Names, ZoneIds) = (groupNames, id, names, zoneIds);
}
