using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi;

/// <summary>The root of all resources; its properties marked with <see cref="OutputAttribute"/> are the stack's outputs.</summary>
public class Stack : ComponentResource
{
    internal const string RootType = "pulumi:pulumi:Stack";

    public Stack(StackOptions? options = null)
        : base(RootType, $"{Deployment.Instance.ProjectName}-{Deployment.Instance.StackName}", Convert(options))
        => Deployment.Required.Stack = this;

    internal Output<IDictionary<string, object?>> Outputs { get; private set; }
        = Output.Create<IDictionary<string, object?>>(ImmutableDictionary<string, object?>.Empty);

    /// <exception cref="RunException">An output has no value, or is not an <see cref="Output{T}"/>.</exception>
    internal void RegisterPropertyOutputs()
    {
        var outputs = (from property in GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                       let output = property.GetCustomAttribute<OutputAttribute>()
                       where output is not null && property.DeclaringType?.IsAssignableFrom(typeof(Stack)) != true
                       select (Name: output.Name ?? property.Name, Value: property.GetValue(this))).ToList();
        if (outputs.Where(output => output.Value is null).Select(output => output.Name).ToList() is { Count: > 0 } missing)
        {
            throw new RunException(
                $"Output(s) '{string.Join(", ", missing)}' have no value assigned. " +
                "[Output] attributed properties must be assigned inside Stack constructor.");
        }

        if (outputs.Where(output => output.Value is not IOutput).Select(output => output.Name).ToList() is { Count: > 0 } plain)
        {
            throw RunException.OutputsHaveIncorrectType(plain);
        }

        Outputs = Output.Create<IDictionary<string, object?>>(outputs.ToDictionary(output => output.Name, output => (object?)output.Value));
        RegisterOutputs(Outputs);
    }

    private static ComponentResourceOptions? Convert(StackOptions? options)
        => options is null ? null : new() { ResourceTransformations = options.ResourceTransformations };
}

public class StackOptions
{
    public List<ResourceTransformation> ResourceTransformations { get => field ??= []; set; }
}
