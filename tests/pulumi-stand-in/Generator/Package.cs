using Microsoft.CodeAnalysis;

namespace GopherMesh.Tests.PulumiStandIn.Generator
{
    /// <summary>
    /// The content of one description: the part of a Pulumi package that is in use. Compatibility is the schema's own word (<c>kubernetes20</c>,
    /// <c>tfbridge20</c> or empty); it decides on namespaces and on which classes have a Get.
    /// </summary>
    internal sealed record Package(string Name, string Version, string Namespace, string Compatibility)
    {
        public bool IsKubernetes => Compatibility == "kubernetes20";

        public List<Declaration> Declarations { get; } = [];
    }

    internal enum Kind { Resource, Component, Provider, Function, Type, Enum }

    /// <summary>Where a type is used; it decides which of its classes exist.</summary>
    [Flags]
    internal enum Uses { None = 0, Inputs = 1, Outputs = 2, FunctionInputs = 4, FunctionResult = 8 }

    /// <summary>A class or a group of classes. Module is the namespace below the package's: <c>Core.V1</c>, or empty.</summary>
    internal sealed record Declaration(Package Package, Kind Kind, string Name, string Token, string Module, Location Place)
    {
        public Uses Uses { get; set; }

        public List<string> Aliases { get; } = [];

        public List<Property> Properties { get; } = [];

        /// <summary>An enum's members, with their values on the wire.</summary>
        public List<(string Name, string Value)> Members { get; } = [];

        public IEnumerable<Property> Inputs => Properties.Where(property => property.Direction != Direction.Out);

        public IEnumerable<Property> Outputs => Properties.Where(property => property.Direction != Direction.In);
    }

    internal enum Direction { Both, In, Out }

    /// <summary>
    /// A property: as an input it may be required, as an output it may be missing. A constant is sent whatever the caller says; of the
    /// environment variables that a default comes from, the first that is set wins.
    /// </summary>
    internal sealed record Property(
        string Name, string CSharpName, TypeReference Type, Direction Direction, bool IsRequired, bool MayBeMissing, bool IsSecret, bool ReplacesResource,
        string Constant, string Default, string[] DefaultVariables, Location Place);

    internal enum Shape { Named, List, Map, Union }

    /// <summary>A type as a property names it. Plain: the value must be known when the program runs, it is never an output.</summary>
    internal sealed record TypeReference(Shape Shape, bool IsPlain, string Name, params TypeReference[] Parts)
    {
        /// <summary>The declaration of the name; null for a simple type.</summary>
        public Declaration? Declaration { get; set; }

        public bool IsCollection => Shape is Shape.List or Shape.Map;
    }
}

namespace System.Runtime.CompilerServices
{
    /// <summary>A type that the compiler needs for records and that netstandard2.0 lacks.</summary>
    internal static class IsExternalInit;
}
